/* Keeps what the page says of the learner's grade and completion up to date while she works. */
(function ($) {
  "use strict";

  const shown = document.getElementById("progress");
  let newest = 0;

  function refresh() {
    newest += 1;
    const mine = newest;
    $.get(shown.dataset.url).done((html) => {
      if (mine === newest) {
        $(shown).html(html);
      }
    });
  }

  $(document).on("progress:changed", refresh);
  $(document).ajaxComplete((_event, _request, settings) => {
    if (/^POST$/i.test(settings.type) && settings.url.includes("/handler/")) {
      refresh();
    }
  });
}(window.jQuery));
