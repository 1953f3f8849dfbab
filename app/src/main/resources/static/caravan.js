// What the pages do beyond links and forms: parts that move, times of the viewer's zone, keys, the theme. Without it they work by reloading.
(() => {
  'use strict';
  const all = (css, within = document) => [...within.querySelectorAll(css)];
  const one = css => document.querySelector(css);

  // ---- Parts that move: <div id="X" data-live="TOPIC" hx-get="..." hx-trigger="live" hx-swap="outerHTML">
  const POLL = 5000;
  const owed = new Set(); // ids of parts that moved while a person held them
  const shownAs = new WeakMap(); // what the server said of a part: the same again changes nothing
  let source = null;
  let poll = 0;
  let pressed = false;

  const topics = () => [...new Set(all('[data-live]').map(part => part.dataset.live))];
  const stale = isStale => { one('#stale').hidden = !isStale; };
  const fire = topic => all('[data-live]').filter(part => topic === undefined || part.dataset.live === topic)
    .forEach(part => htmx.trigger(part, 'live'));

  const listen = () => {
    hush();
    const named = topics();
    if (document.hidden || named.length === 0) {
      return;
    }
    source = new EventSource(document.body.dataset.liveFrom + '?' + named.map(name => 'topic=' + encodeURIComponent(name)).join('&'));
    source.addEventListener('changed', event => fire(event.data));
    source.onopen = () => { clearInterval(poll); poll = 0; };
    source.onerror = () => {
      poll ||= setInterval(() => {
        fire();
        if (source && source.readyState === EventSource.CLOSED) { // refused, not only lost: a browser does not try again by itself
          listenAgain();
        }
      }, POLL);
    };
  };
  const hush = () => {
    source?.close();
    source = null;
    clearInterval(poll);
    poll = 0;
  };
  let tries = 0;
  const listenAgain = () => { // every half minute at most; it polls in between
    if (++tries % 6 === 0) {
      listen();
    }
  };
  document.addEventListener('visibilitychange', () => document.hidden ? hush() : listen());
  addEventListener('pagehide', hush);
  addEventListener('pageshow', event => event.persisted && listen());

  // What a person holds is not taken from under them: a selection, a field, a button that is just being pressed.
  const held = part => {
    const selection = getSelection();
    const active = document.activeElement;
    return pressed || (!selection.isCollapsed && part.contains(selection.anchorNode))
      || (part.contains(active) && active.matches('input, select, textarea, [contenteditable]'))
      || part.querySelector('dialog[open]') !== null;
  };
  const same = (mine, theirs) => mine.tagName === theirs.tagName && mine.id === theirs.id
    && mine.getAttribute('href') === theirs.getAttribute('href') && mine.getAttribute('name') === theirs.getAttribute('name')
    && (mine.tagName !== 'BUTTON' || mine.textContent.trim() === theirs.textContent.trim())
    && mine.form?.getAttribute('action') === theirs.form?.getAttribute('action');

  document.addEventListener('htmx:beforeSwap', event => {
    const part = event.detail.target;
    if (!part.matches('[data-live]')) {
      return;
    }
    if (event.detail.xhr.status === 401) {
      location.reload();
    }
    stale(event.detail.isError);
    const fresh = new DOMParser().parseFromString(event.detail.serverResponse, 'text/html').body.firstElementChild;
    if (event.detail.isError || !fresh || shownAs.get(part) === fresh.outerHTML) {
      event.detail.shouldSwap = false;
      return;
    }
    const active = part.contains(document.activeElement) ? document.activeElement : null;
    const twin = active && all(active.tagName, fresh).find(element => same(active, element));
    if (held(part) || (active && !twin)) {
      event.detail.shouldSwap = false;
      owed.add(part.id);
      return;
    }
    owed.delete(part.id);
    const html = fresh.outerHTML;
    const open = all('details[open][id]', part).map(details => details.id);
    document.addEventListener('htmx:afterSwap', () => {
      const shown = document.getElementById(part.id);
      if (shown) {
        shownAs.set(shown, html);
        open.forEach(id => document.getElementById(id)?.setAttribute('open', ''));
        if (active) {
          all(active.tagName, shown).find(element => same(active, element))?.focus({ preventScroll: true });
        }
      }
    }, { once: true });
  });
  document.addEventListener('htmx:sendError', () => stale(true));

  const settle = () => setTimeout(() => owed.forEach(id => {
    const part = document.getElementById(id);
    if (!part) {
      owed.delete(id);
    } else if (!held(part)) {
      htmx.trigger(part, 'live');
    }
  }), 100);
  addEventListener('pointerdown', () => { pressed = true; });
  for (const end of ['pointerup', 'pointercancel', 'blur']) {
    addEventListener(end, () => { pressed = false; settle(); });
  }
  document.addEventListener('focusout', settle);
  document.addEventListener('selectionchange', () => owed.size > 0 && settle());

  // ---- Times: the server writes UTC, people read their own zone, always with its offset
  const clock = new Intl.DateTimeFormat('en-GB', {
    day: 'numeric', month: 'short', year: 'numeric', hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23', timeZoneName: 'longOffset'
  });
  const local = time => {
    const moment = new Date(time.dateTime);
    if (!time.dateTime.includes('T') || Number.isNaN(moment.getTime())) {
      return;
    }
    const part = Object.fromEntries(clock.formatToParts(moment).map(piece => [piece.type, piece.value]));
    const zone = part.timeZoneName.replace(/^GMT(\+00:00)?$/, 'UTC').replace('GMT', '').replace('-', '\u2212');
    const seconds = /\d:\d\d:\d\d/.test(time.textContent) ? ':' + part.second : '';
    time.title ||= time.textContent.trim();
    time.textContent = `${part.day} ${part.month} ${part.year}, ${part.hour}:${part.minute}${seconds} ${zone}`;
    time.dataset.local = '';
  };
  const times = within => all('time[datetime]:not([data-local])', within).forEach(local);
  document.addEventListener('htmx:load', event => times(event.detail.elt.parentElement ?? event.detail.elt));

  // ---- Keys
  const rows = () => all('[data-rows] > tr, [data-rows] > li, [data-rows] > article');
  const move = by => {
    const list = rows().map(row => row.querySelector('[data-main], a, button')).filter(Boolean);
    const at = list.findIndex(link => link.closest('tr, li, article').contains(document.activeElement));
    const next = list[at < 0 ? (by > 0 ? 0 : list.length - 1) : Math.min(Math.max(at + by, 0), list.length - 1)];
    next?.focus();
    next?.scrollIntoView({ block: 'nearest' });
  };
  const help = () => one('#help').showModal();
  const escape = event => {
    if (one('dialog[open]')) {
      return; // the dialog's own
    }
    if (event.target.matches('input, select, textarea')) {
      event.target.blur();
    } else {
      one('[data-back]')?.click();
    }
  };
  const keys = {
    '/': () => { const field = one('[data-search]'); field?.focus(); field?.select?.(); },
    j: () => move(1),
    k: () => move(-1),
    '?': help
  };
  document.addEventListener('keydown', event => {
    if ((event.ctrlKey || event.metaKey) && !event.altKey && event.key.toLowerCase() === 's') {
      const form = event.target.closest?.('[data-save]') ?? one('[data-save]');
      if (form) {
        event.preventDefault();
        form.requestSubmit();
      }
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) {
      return;
    }
    if (event.key === 'Escape') {
      escape(event);
    } else if (keys[event.key] && !one('dialog[open]') && !event.target.matches('input, select, textarea, [contenteditable]')) {
      event.preventDefault();
      keys[event.key]();
    }
  });

  // ---- The theme: as the system, light, dark
  const root = document.documentElement;
  const THEMES = ['system', 'light', 'dark'];
  const theme = () => root.dataset.theme ?? 'system';
  const name = button => {
    button.textContent = { system: '\u25d0', light: '\u2600', dark: '\u263e' }[theme()];
    button.title = 'Theme: ' + { system: 'as the system', light: 'light', dark: 'dark' }[theme()];
    button.setAttribute('aria-label', button.title);
  };
  const turn = button => {
    const next = THEMES[(THEMES.indexOf(theme()) + 1) % THEMES.length];
    if (next === 'system') {
      delete root.dataset.theme;
    } else {
      root.dataset.theme = next;
    }
    try {
      localStorage.setItem('caravan-theme', next);
    } catch {
      // for this page only, then
    }
    name(button);
  };

  const start = () => {
    const button = one('#theme');
    name(button);
    button.hidden = false;
    button.addEventListener('click', () => turn(button));
    one('#keys').hidden = false;
    one('#keys').addEventListener('click', help);
    all('[data-live]').forEach(part => shownAs.set(part, part.outerHTML));
    times(document);
    listen();
  };
  start();
})();
