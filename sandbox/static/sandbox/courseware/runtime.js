/* The client's side of the XBlock runtime: starts every XBlock of the page, and tells it where its handlers are. */
(function ($) {
  "use strict";

  const listeners = new Map();

  function handlerUrl(element, handlerName, suffix, query) {
    const block = $(element).closest(".xblock")[0];
    const [path] = block.dataset.handlers.split("?");
    const parts = [path.replace(/HANDLER$/, encodeURIComponent(handlerName))];
    if (suffix) {
      parts.push(suffix);
    }
    return parts.join("/") + (query ? `?${query}` : "");
  }

  const runtime = {
    handlerUrl,
    notify(name, data) {
      (listeners.get(name) || []).forEach((listener) => listener(data));
    },
    listenTo(name, listener) {
      listeners.set(name, [...(listeners.get(name) || []), listener]);
    },
    children: () => [],
  };

  function start(element) {
    const { init, initArgs } = element.dataset;
    if (typeof window[init] === "function") {
      // Some are functions, some are classes of which the platform makes an object.
      new window[init](runtime, element, JSON.parse(initArgs)); // eslint-disable-line no-new
    }
  }

  function seen(element) {
    $.post(element.dataset.seen).done(() => $(document).trigger("progress:changed"));
  }

  /* A block is seen once it was on the screen for a while without a break. */
  function watch(elements, milliseconds) {
    const timers = new Map();
    const observer = new IntersectionObserver((entries) => entries.forEach((entry) => {
      clearTimeout(timers.get(entry.target));
      if (entry.isIntersecting) {
        timers.set(entry.target, setTimeout(() => {
          observer.unobserve(entry.target);
          seen(entry.target);
        }, milliseconds));
      }
    }));
    elements.forEach((element) => observer.observe(element));
  }

  $(() => {
    const unit = document.getElementById("unit");
    unit.querySelectorAll(".xblock[data-init]").forEach(start);
    watch(unit.querySelectorAll(".xblock[data-seen]"), Number(unit.dataset.seenAfter));
  });
}(window.jQuery));
