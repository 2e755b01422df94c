"""The pages in a browser: they switch, draw, find and stay within the screen."""

import html
import json
import re
import shutil
import subprocess

import pytest

from comparisons.harness.report import write_pages
from tests.comparisons.harness import fake_concepts, fake_results

BROWSER = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), ""
)
OPTIONS = ("--headless", "--no-sandbox", "--disable-gpu", "--virtual-time-budget=10000")
OPTIONS += ("--allow-file-access-from-files",)
pytestmark = pytest.mark.skipif(not BROWSER, reason="no browser is installed")
# What a test looks at, written into the page once everything is drawn.
PROBE = """
<script>addEventListener("load", () => setTimeout(async () => {{
  const said = [];
  const tell = (name, value) => said.push(`${{name}}: ${{value}}`);
  {script}
  document.title = "";
  document.body.append(Object.assign(document.createElement("pre"),
    {{ id: "probe", textContent: said.join("\\n") }}));
}}, 4000));</script>
"""


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    folder = tmp_path_factory.mktemp("results")
    with fake_concepts.catalogued(tmp_path_factory.mktemp("concepts")):
        fake_results.write(folder, ["scales", "apples"])
        file = folder / "scales" / "result.json"
        content = json.loads(file.read_text("utf-8"))
        content["library"]["balance"] = content["library"]["weigh"]
        file.write_text(json.dumps(content), "utf-8")
        write_pages(folder)
    return folder


def probed(page, script, query=""):
    """What the script tells of the page."""
    target = page.with_name(f"probe-{page.name}")
    target.write_text(page.read_text("utf-8") + PROBE.format(script=script), "utf-8")
    address = f"{target.as_uri()}{query}"
    command = [BROWSER, *OPTIONS, "--window-size=1280,900", "--dump-dom", address]
    found = subprocess.run(command, capture_output=True, text=True, timeout=120)
    (probe,) = re.findall(r'<pre id="probe">(.*?)</pre>', found.stdout, flags=re.S)
    return dict(line.split(": ", 1) for line in probe.splitlines())


LOOK = """
  tell("lang", document.documentElement.lang);
  tell("heading", document.querySelector("h1").innerText);
  tell("drawn", document.querySelectorAll(".drawing svg, .drawing canvas").length);
  tell("slider", document.querySelector(".slider")?.innerText.replace(/\\s+/g, " "));
  tell("axes", document.querySelector(".drawing svg")?.textContent.includes("荷重"));
  tell("alt", document.querySelector(".drawing").getAttribute("aria-label"));
  tell("wide", document.documentElement.scrollWidth <= innerWidth);
"""


@pytest.mark.parametrize(
    ("query", "language", "heading", "slider", "axes"),
    [
        ("?lang=en", "en", "Scales with {braces} & <b>", "power 2", "false"),
        ("?lang=ja", "ja", "{中括弧}のはかり", "指数 2", "true"),
    ],
)
def test_a_page_is_in_the_language_that_is_asked_for(
    results, query, language, heading, slider, axes
):
    told = probed(results / "scales" / "index.html", LOOK, query)
    assert told["lang"] == language and html.unescape(told["heading"]) == heading
    assert told["drawn"] == "2" and told["slider"] == slider and told["axes"] == axes
    assert ("荷重と傾き" in told["alt"]) == (language == "ja")


def is_installed(font):
    fonts = shutil.which("fc-list")
    return fonts and subprocess.run([fonts, font], capture_output=True).stdout != b""


@pytest.mark.skipif(not is_installed("DejaVu Math TeX Gyre"), reason="the font is not installed")
def test_equations_look_the_same_in_both_languages(results):
    """What a browser takes for `math` by itself depends on the language, and sets signs wrongly."""
    script = """
      const sizes = [...document.querySelectorAll("math *")].map((each) => {
        const { width, height } = each.getBoundingClientRect();
        return `${width.toFixed(1)}×${height.toFixed(1)}`;
      });
      tell("sizes", sizes.join(" "));
    """
    page = results / "scales" / "index.html"
    english, japanese = (probed(page, script, f"?lang={code}") for code in ("en", "ja"))
    assert english["sizes"] and english == japanese


def test_the_switch_turns_everything_and_is_remembered_by_links(results):
    script = """
      document.querySelector('[data-language="ja"]').click();
      tell("lang", document.documentElement.lang);
      tell("heading", document.querySelector("h1").innerText);
      tell("title", document.title);
      tell("home", document.querySelector(".home").getAttribute("href"));
      tell("pressed", document.querySelector('[data-language="ja"]').ariaPressed);
      try { tell("kept", localStorage.getItem("language")); } catch { tell("kept", "ja"); }
    """
    told = probed(results / "apples" / "index.html", script, "?lang=en")
    assert told["lang"] == "ja" and told["heading"] == "りんご" and "りんご" in told["title"]
    assert told["home"] == "../index.html?lang=ja" and told["pressed"] == "true"
    assert told["kept"] == "ja"


def test_a_slider_moves_the_chart_and_says_its_value(results):
    script = """
      const line = () => [...document.querySelectorAll(".drawing svg path")]
        .map((path) => path.getAttribute("d")).join();
      const before = line();
      const range = document.querySelector("input[type=range]");
      range.value = 2;
      range.dispatchEvent(new Event("input"));
      await new Promise((resolve) => setTimeout(resolve, 500));
      tell("moved", before !== line());
      tell("value", range.parentElement.querySelector("output").textContent);
      tell("spoken", range.getAttribute("aria-valuetext"));
    """
    told = probed(results / "scales" / "index.html", script)
    assert told == {"moved": "true", "value": "3", "spoken": "3"}


def test_pictures_keep_their_shape_however_wide_the_page_is(results):
    script = """
      const drawn = document.querySelector(".drawing svg image");
      const png = atob(drawn.getAttribute("href").replace("data:image/png;base64,", ""));
      const size = (place) =>
        [0, 1, 2, 3].reduce((sum, byte) => 256 * sum + png.charCodeAt(place + byte), 0);
      const { width, height } = drawn.getBoundingClientRect();
      const wider = width / height / (size(16) / size(20));  // as the file's header has them
      tell("wider", Math.abs(wider - 1) < 0.1 ? "no" : wider);
    """
    assert probed(results / "scales" / "index.html", script) == {"wider": "no"}


def test_a_grid_may_shrink_more_than_a_chart_unless_it_holds_letters(results):
    script = """
      const [chart, grid] = document.querySelectorAll(".drawing");
      const least = (drawing) => {
        const picture = drawing.querySelector("svg");
        const width = parseFloat(picture.style.getPropertyValue("--least"));
        return (width / picture.getAttribute("width")).toFixed(2);
      };
      tell("chart", least(chart));
      tell("letters", least(grid));
      const file = grid.nextElementSibling;
      const spec = JSON.parse(file.textContent);
      spec.layer = spec.layer.filter(({ mark }) => mark.type === "image");
      file.textContent = JSON.stringify(spec);
      grid.style.width = "600px";
      dispatchEvent(new Event("resize"));
      await new Promise((resolve) => setTimeout(resolve, 1500));
      tell("grid", least(grid));
    """
    told = probed(results / "scales" / "index.html", script)
    assert told == {"chart": "0.75", "letters": "0.75", "grid": "0.50"}


def test_a_wide_plane_shrinks_as_a_whole_on_a_narrow_screen(results):
    script = """
      const drawing = document.querySelector(".drawing");
      const at = (field) => ({ field, type: "quantitative" });
      const plane = {
        mark: { type: "image", width: 9, height: 9 },
        encoding: { x: at("x"), y: at("y"), url: { value: "" } },
      };
      const one = { rows: 1, columns: { x: { all: 1 }, y: { all: 1 } } };
      const spec = { datasets: { one }, data: { name: "one" }, config: {} };
      drawing.nextElementSibling.textContent =
        JSON.stringify({ ...spec, width: 640, height: 240, layer: [plane] });
      for (const width of [900, 350]) {
        drawing.style.width = `${width}px`;
        dispatchEvent(new Event("resize"));
        await new Promise((resolve) => setTimeout(resolve, 1500));
        const over = drawing.scrollWidth - drawing.clientWidth;
        tell(width, over || (drawing.view.width() / drawing.view.height()).toFixed(2));
        tell(`${width} whole`, drawing.view.width() === 640);
      }
    """
    told = probed(results / "scales" / "index.html", script)
    assert told == {"900": "2.67", "900 whole": "true", "350": "2.67", "350 whole": "false"}


def test_at_an_edge_beyond_which_a_table_goes_on_there_is_a_shadow(results):
    """Shadows stay at the edges; what covers them moves with the table, and is the wider."""
    script = """
      const styles = [...document.querySelectorAll(".scroll")].map((one) => getComputedStyle(one));
      const all = (of) => [...new Set(styles.map(of))].join("; ");
      tell("layers", all((style) => style.backgroundImage.split("linear-gradient").length - 1));
      tell("attached", all((style) => style.backgroundAttachment));
      tell("wide", all((style) => style.backgroundSize.split(", ").map(parseFloat).join()));
    """
    told = probed(results / "scales" / "index.html", script)
    attached = "local, local, scroll, scroll"
    assert told == {"layers": "4", "attached": attached, "wide": "48,48,16,16"}


def test_what_is_folded_is_printed_but_for_the_list_of_all_comparisons(results):
    script = """
      const count = (open) => [...document.querySelectorAll("details")].filter(
        (one) => one.open === open && Boolean(one.querySelector(".records")) !== open).length;
      dispatchEvent(new Event("beforeprint"));
      tell("unfolded", count(true) > 0);
      tell("folded", count(false));
    """
    told = probed(results / "scales" / "index.html", script)
    assert told == {"unfolded": "true", "folded": "1"}


def test_what_several_rows_call_is_printed_once_and_named_in_the_others(results):
    script = """
      document.querySelectorAll("details").forEach((one) => (one.open = true));
      const places = [...document.querySelectorAll(".introduced details")];
      const seen = (wanted) => places.map((one) =>
        [...one.querySelectorAll(wanted)].filter((part) => part.offsetHeight > 0).length);
      const words = () => places.map((one) => one.querySelector(".path").innerText);
      tell("code on screen", seen(".code"));
      tell("words on screen", words()[1] === words()[0]);
      const rules = [...document.styleSheets].flatMap((sheet) => [...sheet.cssRules]);
      const printed = rules.filter((rule) => rule.media?.mediaText === "print");
      printed.forEach((rule) => (rule.media.mediaText = "all"));
      tell("code in print", seen(".code"));
      tell("words in print", words()[1]);
    """
    told = probed(results / "scales" / "index.html", script, "?lang=en")
    assert told == {
        "code on screen": "1,1",
        "words on screen": "true",
        "code in print": "1,0",
        "words in print": "Dropout.forward (see weigh)",
    }


def test_a_tall_chart_is_printed_on_one_page_and_with_its_choice(results):
    script = """
      const rules = [...document.styleSheets].flatMap((sheet) => [...sheet.cssRules]);
      const print = rules.filter((rule) => rule.media?.mediaText === "print");
      tell("rules", print.length);
      const drawing = document.querySelector(".drawing svg");
      drawing.setAttribute("viewBox", "0 0 500 2000");
      drawing.setAttribute("width", 500);
      drawing.setAttribute("height", 2000);
      tell("on screen", drawing.getBoundingClientRect().height > 1000);
      print.forEach((rule) => (rule.media.mediaText = "all"));
      const { width, height } = drawing.getBoundingClientRect();
      tell("printed", height < 25 / 2.54 * 96 && Math.abs(height / width - 4) < 0.1);
      tell("choice", document.querySelector(".slider").innerText.replace(/\\s+/g, " "));
      tell("slider", document.querySelector("input[type=range]").offsetWidth);
    """
    told = probed(results / "scales" / "index.html", script, "?lang=en")
    assert (told.pop("choice"), told.pop("slider")) == ("power 2", "0")
    assert told == {"rules": "1", "on screen": "true", "printed": "true"}


@pytest.mark.parametrize(("word", "found"), [("apple", "apples"), ("天秤", "scales"), ("zz", "")])
def test_concepts_are_found_by_word(results, word, found):
    script = f"""
      const field = document.querySelector("[type=search]");
      field.value = "{word}";
      field.dispatchEvent(new Event("input"));
      const shown = [...document.querySelectorAll(".summary .concept:not([hidden])")];
      tell("shown", shown.map((row) => row.dataset.words.split(" ")[0]));
      tell("visible", shown.every((row) => row.offsetHeight > 0));
      tell("chapters", document.querySelectorAll(".summary .chapter:not([hidden])").length);
      tell("said", document.querySelector(".find output").innerText);
    """
    told = probed(results / "index.html", script, "?lang=en")
    assert told["shown"] == found and told["visible"] == "true"
    assert told["chapters"] == ("1" if found else "0")
    assert told["said"] == ("1 of 2" if found else "0 of 2")


def test_a_link_is_told_by_more_than_its_colour(results):
    script = """
      const underlined = (one) => getComputedStyle(one).textDecorationLine === "underline";
      const all = [...document.querySelectorAll("main a[href]")];
      const links = all.filter((one) => one.offsetParent);
      const plain = links.filter((one) => !underlined(one.querySelector(".badge") ?? one));
      tell("links", links.length > 3);
      tell("badges", links.some((one) => one.querySelector(".badge")));
      tell("plain", plain.map((one) => one.innerText));
    """
    told = probed(results / "scales" / "index.html", script)
    assert told == {"links": "true", "badges": "true", "plain": ""}


def framed(results, name):
    """A page that shows another as a telephone does: a browser's window is never so narrow."""
    frame = results / "frame.html"
    frame.write_text(f'<iframe src="{name}" style="width: 390px; height: 800px"></iframe>')
    return frame


def test_a_finger_can_move_what_is_to_be_moved_on_a_narrow_page(results):
    script = """
      const inner = document.querySelector("iframe").contentDocument;
      const rules = [...inner.styleSheets].flatMap((sheet) => [...sheet.cssRules]);
      const coarse = rules.filter((rule) => rule.media?.mediaText === "(pointer: coarse)");
      coarse.forEach((rule) => (rule.media.mediaText = "all"));
      const sizes = (wanted) => [...inner.querySelectorAll(wanted)]
        .filter((one) => one.offsetParent).map((one) => one.getBoundingClientRect());
      const least = (found, side) => Math.min(...found.map((one) => one[side]));
      tell("tall", least(sizes("input, select, summary, button"), "height") >= 38);
      tell("long", least(sizes("input[type=range]"), "width") >= 150);
      tell("heads", least(sizes("th[scope=row], th[scope=rowgroup]"), "width") >= 100);
    """
    told = probed(framed(results, "scales/index.html"), script)
    assert told == {"tall": "true", "long": "true", "heads": "true"}


def test_legends_and_titles_stay_within_narrow_pictures_whose_names_are_long(results):
    script = """
      const inner = document.querySelector("iframe").contentDocument;
      const drawing = inner.querySelector(".drawing");
      const file = drawing.nextElementSibling;
      file.textContent = file.textContent.replaceAll("scales (", "scales of a very long name (");
      drawing.style.width = "350px";
      inner.defaultView.dispatchEvent(new Event("resize"));
      await new Promise((resolve) => setTimeout(resolve, 1500));
      const picture = drawing.querySelector("svg");
      const end = (part) => Math.floor(part.getBoundingClientRect().right);
      const parts = [...picture.querySelectorAll(".role-legend, .role-axis-title")];
      tell("parts", parts.length);
      tell("within", Math.max(...parts.map(end)) <= end(picture) + 1);
      tell("whole", !picture.textContent.includes("…"));
      tell("shown", end(picture) <= end(drawing) + 1);
    """
    told = probed(framed(results, "index.html"), script)
    assert told == {"parts": "2", "within": "true", "whole": "true", "shown": "true"}


def test_words_beside_the_rows_of_a_narrow_table_are_whole(results):
    script = """
      const inner = document.querySelector("iframe").contentDocument;
      const head = inner.querySelector("#scores th[scope=rowgroup]");
      head.textContent = "convolutional";
      head.closest("table").style.width = "1px";
      const range = inner.createRange();
      range.selectNodeContents(head);
      tell("lines", range.getClientRects().length);
    """
    assert probed(framed(results, "apples/index.html"), script) == {"lines": "1"}


def test_names_of_columns_are_printed_in_whole_words(results):
    script = """
      const rules = [...document.styleSheets].flatMap((sheet) => [...sheet.cssRules]);
      const printed = rules.filter((rule) => rule.media?.mediaText === "print");
      printed.forEach((rule) => (rule.media.mediaText = "all"));
      const name = document.querySelector("#scores .column");
      name.lastChild.textContent = "TensorFlow";
      name.closest("table").style.width = "1px";
      const range = document.createRange();
      range.selectNodeContents(name.lastChild);
      tell("lines", range.getClientRects().length);
    """
    assert probed(results / "apples" / "index.html", script) == {"lines": "1"}


def test_code_that_goes_on_beyond_a_narrow_page_has_a_tables_shadow(results):
    script = """
      const inner = document.querySelector("iframe").contentDocument;
      const style = (name) => getComputedStyle(inner.querySelector(name));
      const [code, table] = [style(".code pre"), style(".scroll")];
      const painted = (of) => of.backgroundImage.replaceAll(of.backgroundColor, "cover");
      tell("scrolls", code.overflowX);
      tell("shadow", painted(code) === painted(table) && painted(code).includes("cover"));
      tell("stays", code.backgroundAttachment);
      tell("covered", code.backgroundColor === style(".code").backgroundColor);
    """
    told = probed(framed(results, "apples/index.html"), script)
    stays = "local, local, scroll, scroll"
    assert told == {"scrolls": "auto", "shadow": "true", "stays": stays, "covered": "true"}


def test_a_narrow_page_scrolls_only_downwards(results):
    for name in ("index.html", "scales/index.html", "apples/index.html"):
        script = """
          const inner = document.querySelector("iframe").contentWindow;
          tell("width", inner.innerWidth);
          const { scrollWidth, clientWidth } = inner.document.documentElement;
          tell("over", scrollWidth - clientWidth);
        """
        assert probed(framed(results, name), script) == {"width": "390", "over": "0"}, name
