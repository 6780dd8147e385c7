// The map of the report page: choosing an area sets the two boxes, which are what is sent. Positions stay here.
(() => {
  "use strict";
  const frame = document.querySelector("[data-map]");
  const street = document.getElementById("id_street");
  const community = document.getElementById("id_community");
  if (!frame || !street || !community) return;
  const svg = frame.querySelector("svg[data-box]");
  const told = frame.querySelector("[data-told]");
  const whole = frame.querySelector("[data-whole]");
  const streets = [...svg.querySelectorAll("[data-street]")];
  const communities = [...svg.querySelectorAll("[data-community]")];
  let wanted = "";
  frame.hidden = false;

  const has = (code) => [...community.options].some((option) => option.value === code);

  function show() {
    const inside = communities.filter((one) => street.value && one.dataset.community.startsWith(street.value));
    const open = streets.find((one) => one.dataset.street === street.value);
    streets.forEach((one) => {
      one.toggleAttribute("hidden", inside.length > 0 && one !== open);
      one.setAttribute("aria-pressed", String(one === open));
    });
    communities.forEach((one) => {
      one.toggleAttribute("hidden", !inside.includes(one));
      one.setAttribute("aria-pressed", String(one.dataset.community === community.value));
    });
    const box = inside.length && open ? open.dataset.box : svg.dataset.box;
    svg.setAttribute("viewBox", box);
    // Names keep their size on the screen whatever part of the map is shown.
    svg.setAttribute("font-size", String(Math.max(1, Math.round(Number(box.split(" ")[2]) / 26))));
    whole.hidden = !inside.length;
  }

  function choose(streetCode, communityCode) {
    wanted = communityCode;
    if (street.value === streetCode && has(communityCode)) {
      settle();
      return;
    }
    street.value = streetCode;
    street.dispatchEvent(new Event("change", { bubbles: true }));
    show();
  }

  function settle() {
    if (wanted && has(wanted)) {
      community.value = wanted;
      community.dispatchEvent(new Event("change", { bubbles: true }));
    }
    wanted = "";
    show();
  }

  function press(area) {
    if (area.dataset.street) {
      choose(area.dataset.street, "");
      const first = communities.find((one) => !one.hasAttribute("hidden"));
      if (first && document.activeElement === area) first.focus();
    } else {
      choose(area.dataset.community.slice(0, 9), area.dataset.community);
    }
  }

  [...streets, ...communities].forEach((area) => {
    area.addEventListener("click", () => press(area));
    area.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" && event.key !== " ") return;
      event.preventDefault();
      press(area);
    });
  });
  community.addEventListener("htmx:afterSettle", settle);
  street.addEventListener("change", show);
  community.addEventListener("change", show);
  whole.addEventListener("click", () => {
    street.value = "";
    street.dispatchEvent(new Event("change", { bubbles: true }));
    show();
    if (streets[0]) streets[0].focus();
  });

  // Whether a point lies within a path of straight lines (even-odd rule).
  function within(area, x, y) {
    let inside = false;
    for (const ring of area.querySelector("path").getAttribute("d").split("M").slice(1)) {
      const numbers = ring.match(/-?\d+/g).map(Number);
      for (let i = 0, j = numbers.length - 2; i < numbers.length; j = i, i += 2) {
        const [x1, y1, x2, y2] = [numbers[i], numbers[i + 1], numbers[j], numbers[j + 1]];
        if (y1 > y !== y2 > y && x < x1 + ((y - y1) * (x2 - x1)) / (y2 - y1)) inside = !inside;
      }
    }
    return inside;
  }

  const locate = frame.querySelector("[data-locate]");
  if (!navigator.geolocation) {
    locate.parentElement.hidden = true;
  }
  locate.addEventListener("click", () => {
    told.textContent = frame.dataset.looking;
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        const x = (coords.longitude - Number(frame.dataset.west)) * Number(frame.dataset.xScale);
        const y = (Number(frame.dataset.north) - coords.latitude) * Number(frame.dataset.yScale);
        const found = communities.find((one) => within(one, x, y)) || streets.find((one) => within(one, x, y));
        if (!found) {
          told.textContent = frame.dataset.outside;
          return;
        }
        press(found);
        told.textContent = frame.dataset.found.replace("{place}", found.getAttribute("aria-label"));
      },
      () => {
        told.textContent = frame.dataset.refused;
      },
      { maximumAge: 60000, timeout: 15000 },
    );
  });
  show();
})();
