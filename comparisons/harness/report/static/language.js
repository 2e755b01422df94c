"use strict";
// Chooses the language before anything is drawn: asked for in the address, remembered, or the
// browser's own.
(() => {
  const known = (language) => ["en", "ja"].includes(language);
  let remembered = null;
  try {
    remembered = localStorage.getItem("language");
  } catch {
    // A browser may keep nothing for files; then the address carries the language along.
  }
  const asked = new URLSearchParams(location.search).get("lang");
  const own = navigator.language.slice(0, 2);
  document.documentElement.lang = [asked, remembered, own].find(known) || "en";
})();
