/* What XBlocks of the platform expect of the page around them, as far as those need it that run in the sandbox. */
(function ($) {
  "use strict";

  const token = document.getElementById("unit").dataset.csrfToken;

  $.ajaxSetup({
    beforeSend(request, settings) {
      if (!settings.crossDomain && !/^(GET|HEAD|OPTIONS)$/i.test(settings.type)) {
        request.setRequestHeader("X-CSRFToken", token);
      }
    },
  });
  // The platform may live below a prefix; the sandbox does not.
  $.ajaxWithPrefix = $.ajax;
  $.getWithPrefix = $.get;
  $.postWithPrefix = $.post;

  // Tracking events of the browser go nowhere.
  window.Logger = { log() {}, listen() {} };

  const live = document.createElement("div");
  live.className = "sr";
  live.setAttribute("aria-live", "polite");
  document.body.append(live);
  const read = (texts) => live.replaceChildren(...texts.map((text) => {
    const line = document.createElement("p");
    line.textContent = text;
    return line;
  }));
  window.SR = { readText: (text) => read([text]), readTexts: read, clear: () => read([]) };

  window.globalTooltipManager = { openTooltip() {}, hide() {} };
  window.onTouchBasedDevice = () => null;

  // Formulas stay as they are written.
  window.MathJax = window.MathJax || {
    Hub: {
      Startup: { signal: { Interest: (listener) => listener("End") } },
      Queue(...calls) {
        calls.filter((call) => typeof call === "function").forEach((call) => call());
      },
      getAllJax: () => [],
    },
  };

  class Html {
    constructor(text) {
      this.text = text;
    }

    toString() {
      return this.text;
    }
  }

  const ensureHtml = (text) => (text instanceof Html ? text : new Html(_.escape(text)));
  const interpolate = (format, values) => format.replace(/{(\w+)}/g, (_whole, name) => String(values[name]));
  window.edx = {
    StringUtils: { interpolate },
    HtmlUtils: {
      HTML: (text) => new Html(text),
      ensureHtml,
      interpolateHtml: (format, values) => new Html(
        interpolate(ensureHtml(format).toString(), _.mapObject(values, (value) => ensureHtml(value))),
      ),
      joinHtml: (...parts) => new Html(parts.map((part) => ensureHtml(part).toString()).join("")),
      setHtml: (element, html) => $(element).html(ensureHtml(html).toString()),
      append: (element, html) => $(element).append(ensureHtml(html).toString()),
      prepend: (element, html) => $(element).prepend(ensureHtml(html).toString()),
    },
  };
}(window.jQuery));
