// Insert a citation where the cursor was last, or in place of a number typed by hand; go to a problem's place.
// Without script the citation is copied by hand.
(() => {
  "use strict";
  let last = null;
  const isText = (one) => one instanceof HTMLTextAreaElement && one.classList.contains("q-source");
  const areas = () => [...document.querySelectorAll("textarea.q-source")];

  // The text is joined from headings and parts; empty ones leave no line behind (text/parts.py).
  const placeOf = (line, column) => {
    let before = 0;
    const fields = areas().flatMap((area) => {
      const heading = area.closest(".q-part")?.querySelector("input[name=heading]");
      return heading ? [heading, area] : [area];
    });
    for (const field of fields) {
      if (!field.value) continue;
      const lines = field.value.split("\n");
      if (line <= before + lines.length) {
        const above = lines.slice(0, line - before - 1);
        return { field, at: above.reduce((sum, one) => sum + one.length + 1, 0) + column - 1 };
      }
      before += lines.length;
    }
    return null;
  };
  const select = (data) => {
    const place = placeOf(Number(data.line), Number(data.column));
    if (!place || place.field.type === "hidden") return null;
    place.field.focus();
    place.field.setSelectionRange(place.at, place.at + Number(data.length));
    return place.field;
  };
  const changed = (field) => field.dispatchEvent(new Event("input", { bubbles: true }));

  document.addEventListener("focusin", (event) => {
    if (isText(event.target)) last = event.target;
  });
  // The value of a picked figure stands at its foot: bring it into view.
  document.addEventListener("htmx:afterSettle", (event) => {
    if (event.target.id === "cite-found") event.target.querySelector(".q-pick-value")?.scrollIntoView({ block: "nearest" });
  });
  document.addEventListener("click", (event) => {
    const button = event.target instanceof Element && event.target.closest("[data-insert],[data-goto],[data-set]");
    if (!button) return;
    if ("set" in button.dataset) {
      const field = document.querySelector(button.dataset.set);
      field.value = button.dataset.value;
      changed(field);
      button.closest("#pick")?.dispatchEvent(new Event("change", { bubbles: true }));
      return;
    }
    if ("goto" in button.dataset) {
      select(button.dataset);
      return;
    }
    let field = button.dataset.line ? select(button.dataset) : last && last.isConnected ? last : areas()[0];
    if (!field) return;
    field.focus();
    field.setRangeText(button.dataset.insert, field.selectionStart, field.selectionEnd, "end");
    changed(field);
  });
})();
