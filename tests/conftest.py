"""Settings of the whole test run."""

import os

import pytest

from comparisons.harness import backends

# Before anything imports the frameworks: on the CPU, Keras on TensorFlow.
backends.set_up()
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")
os.environ.setdefault("KERAS_BACKEND", "tensorflow")


def pytest_addoption(parser):
    parser.addoption("--slow", action="store_true", help="run also the tests that take minutes")


def pytest_collection_modifyitems(config, items):
    if not config.getoption("--slow"):
        for item in items:
            if "slow" in item.keywords:
                item.add_marker(pytest.mark.skip(reason="takes minutes; --slow runs it"))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item):
    """Skip what TensorFlow has no kernel for on this machine, which is no fault of ours."""
    try:
        return (yield)
    except Exception as error:
        if reason := backends.no_kernel(error):
            pytest.skip(reason)
        raise
