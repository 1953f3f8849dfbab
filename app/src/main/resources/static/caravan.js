// Keeps the overview's runs fresh: once a second while one is open, every five seconds otherwise. Without it the page works by reloading.
(() => {
  'use strict';
  const live = document.getElementById('live');
  if (!live) {
    return;
  }
  const stale = document.getElementById('stale');

  // What a person holds (focus, a selection) is not taken from under them.
  const held = () => live.contains(document.activeElement) || (!getSelection().isCollapsed && live.contains(getSelection().anchorNode));

  const show = html => {
    const fresh = new DOMParser().parseFromString(html, 'text/html').getElementById('runs');
    const shown = document.getElementById('runs');
    if (fresh && shown && fresh.outerHTML !== shown.outerHTML && !held()) {
      shown.replaceWith(document.adoptNode(fresh));
    }
  };

  const refresh = async () => {
    if (!document.hidden) {
      try {
        const answer = await fetch(live.dataset.from, { headers: { Accept: 'text/html' }, signal: AbortSignal.timeout(10000) });
        if (answer.status === 401) {
          location.reload();
          return;
        }
        stale.hidden = answer.ok;
        if (answer.ok) {
          show(await answer.text());
        }
      } catch {
        stale.hidden = false;
      }
    }
    const runs = document.getElementById('runs');
    setTimeout(refresh, runs && runs.dataset.open !== '0' ? 1000 : 5000);
  };

  setTimeout(refresh, 1000);
})();
