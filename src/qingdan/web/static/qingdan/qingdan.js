// Small behaviours, all delegated and all optional: every page works without them.
(() => {
  "use strict";

  const on = (type, selector, act) =>
    document.addEventListener(type, (event) => {
      const hit = event.target instanceof Element && event.target.closest(selector);
      if (hit) act(hit, event);
    });

  // Menu on a phone: <a href="#side" data-menu aria-expanded="false">
  on("click", "[data-menu]", (link, event) => {
    const menu = document.querySelector(link.getAttribute("href"));
    if (!menu) return;
    event.preventDefault();
    link.setAttribute("aria-expanded", String(menu.classList.toggle("open")));
  });

  // An open menu closes on Escape and on a click beside it.
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      document.querySelectorAll("details[data-pop][open]").forEach((one) => {
        one.open = false;
        one.querySelector("summary").focus();
      });
      document.querySelectorAll("[data-menu][aria-expanded=true]").forEach((one) => one.click());
    }
    if (event.key === "/" && !event.ctrlKey && !event.metaKey && !event.altKey) {
      if (event.target.closest("input, textarea, select, [contenteditable]")) return;
      const search = document.querySelector("[data-search]");
      if (search && search.offsetParent) {
        event.preventDefault();
        search.focus();
        search.select();
      }
    }
  });
  document.addEventListener("click", (event) => {
    document.querySelectorAll("details[data-pop][open]").forEach((one) => {
      if (!one.contains(event.target)) one.open = false;
    });
  });

  // Copy: <button data-copy="text" data-copied="Copied">; an empty data-copy copies the address of the page.
  on("click", "[data-copy]", async (button, event) => {
    event.preventDefault();
    const words = button.querySelector("[data-words]") || button;
    const before = words.textContent;
    try {
      await navigator.clipboard.writeText(button.dataset.copy || location.href);
      words.textContent = button.dataset.copied;
    } catch {
      window.prompt(button.dataset.copied, button.dataset.copy || location.href);
    }
    window.setTimeout(() => (words.textContent = before), 2000);
  });

  // Print this page: <button data-print>
  on("click", "[data-print]", () => window.print());

  // A select that answers at once; its form has a button for those without script.
  on("change", "[data-submit]", (field) => field.form.requestSubmit());

  // Dialogs: <button data-dialog="#id"> and, inside, <button data-close>.
  on("click", "[data-dialog]", (button, event) => {
    const dialog = document.querySelector(button.dataset.dialog);
    if (!dialog || !dialog.showModal) return;
    event.preventDefault();
    dialog.showModal();
  });
  on("click", "[data-close]", (button) => button.closest("dialog").close());

  // Characters written: <textarea data-count="#id" data-count-words="{n} characters">
  on("input", "[data-count]", (area) => {
    const place = document.querySelector(area.dataset.count);
    if (place) place.textContent = area.dataset.countWords.replace("{n}", [...area.value.trim()].length);
  });

  // Drafts stay in this browser until the form is sent: <form data-draft="key">
  const fields = (form) =>
    [...form.elements].filter((one) => one.name && !["hidden", "password", "file", "submit", "checkbox"].includes(one.type));
  document.querySelectorAll("form[data-draft]").forEach((form) => {
    try {
      const kept = JSON.parse(localStorage.getItem("draft:" + form.dataset.draft) || "{}");
      fields(form).forEach((one) => {
        if (!(one.name in kept)) return;
        if (one.type === "radio") one.checked = one.value === kept[one.name];
        else if (!one.value) one.value = kept[one.name];
      });
    } catch {
      localStorage.removeItem("draft:" + form.dataset.draft);
    }
  });
  on("input", "form[data-draft]", (form) => {
    const kept = {};
    fields(form).forEach((one) => {
      if (one.type !== "radio" || one.checked) kept[one.name] = one.value;
    });
    localStorage.setItem("draft:" + form.dataset.draft, JSON.stringify(kept));
  });
  on("submit", "form[data-draft]", (form) => localStorage.removeItem("draft:" + form.dataset.draft));

  // Ticked rows: tick all, mark the row, and let the bar say what is possible for how many.
  let asking = 0;
  const ticked = async (form) => {
    const boxes = [...form.querySelectorAll("input[name=ids]")];
    const chosen = boxes.filter((box) => box.checked);
    boxes.forEach((box) => box.closest("tr").classList.toggle("on", box.checked));
    const all = form.querySelector("[data-tick-all]");
    if (all) {
      all.checked = chosen.length > 0 && chosen.length === boxes.length;
      all.indeterminate = chosen.length > 0 && chosen.length < boxes.length;
    }
    const bar = form.querySelector("[data-bulk]");
    if (!bar) return;
    const mine = ++asking;
    const data = new FormData(form);
    data.set("bulk", "check");
    const answer = await fetch(form.getAttribute("action") || location.href, { method: "POST", body: data });
    if (answer.ok && mine === asking) {
      bar.innerHTML = await answer.text();
      bar.classList.toggle("live", chosen.length > 0);
    }
  };
  on("change", "[data-tick-all]", (all) => {
    all.form.querySelectorAll("input[name=ids]").forEach((box) => (box.checked = all.checked));
    ticked(all.form);
  });
  on("change", "input[name=ids]", (box) => ticked(box.form));
  on("click", "[data-untick]", (button, event) => {
    event.preventDefault();
    button.closest("form").querySelectorAll("input[name=ids]").forEach((box) => (box.checked = false));
    ticked(button.closest("form"));
  });

  // Bars: <div data-bars="json-id">, the data in <script type="application/json" id="json-id">:
  // {labels: [...], series: [{name, values: [...], style: "chosen" | "earlier" | "open"}]}. A table stands beside it.
  const styles = {
    chosen: { color: "#15559a" },
    earlier: { color: "#b4bdc6" },
    open: { color: "#fff", borderColor: "#15559a", borderWidth: 1.5 },
  };
  const draw = (box) => {
    const data = JSON.parse(document.getElementById(box.dataset.bars).textContent);
    box.style.height = Math.max(120, 34 + data.labels.length * 34) + "px";
    const chart = window.echarts.init(box, null, { renderer: "svg" });
    const back = (list) => list.slice().reverse();
    chart.setOption({
      animation: false,
      textStyle: { fontFamily: getComputedStyle(document.body).fontFamily },
      grid: { left: 8, right: 52, top: 8, bottom: 8, containLabel: true },
      xAxis: {
        type: "value",
        minInterval: 1,
        splitNumber: 3,
        axisLabel: { color: "#5c6976", fontSize: 12 },
        splitLine: { lineStyle: { color: "#eceff2" } },
      },
      yAxis: {
        type: "category",
        data: back(data.labels),
        axisLine: { lineStyle: { color: "#7c8894" } },
        axisTick: { show: false },
        axisLabel: { color: "#17212b", fontSize: 13 },
      },
      series: data.series.map((one) => ({
        name: one.name,
        type: "bar",
        barWidth: one.style === "chosen" ? 8 : 7,
        barGap: "12%",
        silent: true,
        data: back(one.values),
        itemStyle: styles[one.style] || styles.chosen,
        label: {
          show: one.style === "chosen",
          position: "right",
          color: "#17212b",
          fontSize: 12,
          formatter: (bar) => bar.value.toLocaleString("en-US"),
        },
      })),
    });
    window.addEventListener("resize", () => chart.resize());
  };
  document.addEventListener("DOMContentLoaded", () => {
    if (window.echarts) document.querySelectorAll("[data-bars]").forEach(draw);
  });

  // Empty conditions stay out of the address.
  document.addEventListener("htmx:configRequest", (event) => {
    const parameters = event.detail.parameters;
    if (event.detail.verb === "get") Object.keys(parameters).forEach((name) => parameters[name] === "" && delete parameters[name]);
  });

  // The list was exchanged in place: say so to screen readers.
  document.addEventListener("htmx:afterSwap", (event) => {
    const said = document.querySelector("[data-said]");
    const count = document.querySelector("[data-count-said]");
    if (said && count) said.textContent = count.textContent;
  });
})();
