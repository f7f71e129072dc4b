// What the console does in a browser beyond htmx: dialogs, errors, and refreshes that outlive a slow or absent server.
// Pages work without it: every button is a link or a form of its own.
"use strict";

(() => {
  const waits = new WeakMap();
  const dialog = () => document.getElementById("dialog");
  const alertFor = (element) => ((element && element.closest("dialog")) || document).querySelector(".console-alert");

  const tell = (element, sentence) => {
    const place = alertFor(element);
    const box = document.createElement("div");
    box.className = "alert alert-danger";
    box.textContent = sentence;
    place.replaceChildren(box);
  };

  const clear = (element) => alertFor(element)?.replaceChildren();

  // A dialog is shown once its content is there; [data-close] closes it, and so does Escape.
  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.target === dialog() && !dialog().open) {
      dialog().showModal();
    }
  });
  document.addEventListener("click", (event) => {
    const inside = event.target.closest("[data-close]")?.closest("dialog");
    if (inside) {
      event.preventDefault();
      inside.close();
    }
  });
  // The server says so when what was asked for in a dialog is done.
  document.addEventListener("console:close", () => dialog().close());
  // What the server wants to be read aloud.
  document.addEventListener("console:say", (event) => {
    document.getElementById("live").textContent = event.detail.value;
  });

  // Where the server wants the focus, once what was swapped is there.
  document.addEventListener("console:focus", (event) => document.getElementById(event.detail.value)?.focus());

  // Texts with [data-count] show how many characters they have; the element's id is in the attribute. What an entry of the
  // list [data-head] puts before the text counts as well; the list names the text in [data-recount].
  const recount = (text) => {
    const counter = text?.dataset && document.getElementById(text.dataset.count);
    if (counter) {
      const head = Number(document.getElementById(text.dataset.head)?.selectedOptions[0]?.dataset.length || 0);
      const length = [...text.value].length;
      counter.textContent = `${length && length + head}/${text.dataset.most}`;
      counter.classList.toggle("text-danger", length + head > text.dataset.most);
    }
  };
  document.addEventListener("input", (event) => {
    const list = event.target.dataset?.recount;
    recount(list ? document.getElementById(list) : event.target);
  });

  // After a new login in another tab the cookie has the token that counts; the form has an older one.
  document.addEventListener("htmx:configRequest", (event) => {
    const name = document.body.dataset.csrfCookie;
    const cookie = name && document.cookie.split("; ").find((one) => one.startsWith(`${name}=`));
    if (cookie && event.detail.formData.has("csrfmiddlewaretoken")) {
      event.detail.formData.set("csrfmiddlewaretoken", cookie.slice(name.length + 1));
    }
  });

  // What somebody has unfolded stays so when the part it is in is replaced.
  let unfolded = [];
  document.addEventListener("htmx:beforeSwap", () => {
    unfolded = [...document.querySelectorAll("main details[id][open]")].map((one) => one.id);
  });
  document.addEventListener("htmx:afterSwap", () => {
    unfolded.forEach((id) => document.getElementById(id)?.setAttribute("open", ""));
  });

  // A refresh that goes well takes no error away that is about something else.
  document.addEventListener("htmx:beforeRequest", (event) => {
    if (!event.detail.elt.matches("[data-live]") || waits.has(event.detail.elt)) {
      clear(event.detail.elt);
    }
  });

  // [data-live] asks again by itself. If the answer does not come, it waits longer each time, and never asks twice at once.
  const askAgain = (element) => {
    const wait = Math.min((waits.get(element) || 1000) * 2, 30000);
    waits.set(element, wait);
    setTimeout(() => document.contains(element) && window.htmx.trigger(element, "again"), wait);
  };

  // Errors are shown where the person is, in the dialog or on the page; what she wrote stays.
  document.addEventListener("htmx:beforeSwap", (event) => {
    const { xhr, requestConfig, serverResponse } = event.detail;
    if (xhr.status < 400) {
      return;
    }
    // Of whatever asked: what was to be swapped may be outside of the dialog.
    const element = requestConfig.elt;
    event.detail.shouldSwap = false;
    event.detail.isError = false;
    // Our sentences are parts of a page; a whole page is that of a proxy or of the host.
    const isHtml = xhr.getResponseHeader("Content-Type")?.startsWith("text/html");
    const isPart = isHtml && !/^\s*<(!doctype|html)/i.test(serverResponse);
    if (isPart && (xhr.status < 500 || xhr.status === 503)) {
      alertFor(element).innerHTML = serverResponse;
    } else {
      tell(element, document.body.dataset.unforeseen);
    }
    // Whoever is logged out may log in again in another tab.
    if (element.matches?.("[data-live]") && (xhr.status >= 500 || xhr.status === 401)) {
      askAgain(element);
    }
  });

  const again = (event) => {
    const element = event.detail.elt;
    if (element.matches?.("[data-live]")) {
      askAgain(element);
    } else {
      tell(element, document.body.dataset.unreachable);
    }
  };
  document.addEventListener("htmx:sendError", again);
  document.addEventListener("htmx:timeout", again);
})();
