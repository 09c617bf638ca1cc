// Leaves a page that is nobody's any more: signed out, ended, idle for too long, or the server is
// away for so long that nobody can tell. Asking does not count as being there; typing does.
'use strict';
{
  const EVERY = 3000;       // milliseconds between two questions
  const ASLEEP = 10000;     // without an answer for so long, a page that wakes up hides first
  const TELL_EVERY = 20000; // how often somebody who is there says so
  const SOON = 60;          // seconds before the end at which to say so
  const { session, seconds, soon, stay } = document.currentScript.dataset;
  const root = document.documentElement;
  let endsAt = Date.now() + Number(seconds) * 1000;
  let answeredAt = Date.now();
  let toldAt = Date.now();
  let wasActive = false;
  let isLeaving = false;
  let timer = 0;
  let bar = null;

  const hide = () => { root.style.setProperty('display', 'none', 'important'); };
  const show = () => { root.style.removeProperty('display'); };

  const leave = (isSomebodyElses) => {
    if (isLeaving) return;
    isLeaving = true;
    hide();
    const here = encodeURIComponent(location.pathname + location.search);
    location.replace(isSomebodyElses ? '/' : `/sign-in?ended=1&next=${here}`);
  };

  const warn = () => {
    if (bar) return;
    bar = document.createElement('div');
    bar.setAttribute('role', 'alert');
    bar.id = 'leaving-soon';
    bar.style.cssText = 'position:fixed;inset:auto 0 0 0;z-index:2147483647;display:flex;gap:1rem;'
      + 'flex-wrap:wrap;align-items:center;justify-content:center;padding:.75rem 1rem;'
      + 'background:#1d2b2f;color:#fff;font:1rem/1.5 system-ui,sans-serif;';
    const text = document.createElement('span');
    text.textContent = soon;
    const button = document.createElement('button');
    button.type = 'button';
    button.textContent = stay;
    button.style.cssText = 'min-height:48px;padding:.5rem 1.1rem;font:inherit;font-weight:600;'
      + 'border:1px solid #fff;border-radius:4px;background:#fff;color:#1d2b2f;width:auto;';
    button.addEventListener('click', () => { wasActive = true; ask(); });
    bar.append(text, button);
    document.body.append(bar);
  };

  const calm = () => { bar?.remove(); bar = null; };

  const heard = (answer) => {
    if (answer.status === 401) return leave(false);
    if (answer.status !== 204) return undefined;
    // Somebody else is signed in here now: what this page shows is not theirs.
    if (answer.headers.get('x-session') !== session) return leave(true);
    const left = Number(answer.headers.get('x-seconds-left'));
    answeredAt = Date.now();
    endsAt = answeredAt + left * 1000;
    show();
    return left <= SOON ? warn() : calm();
  };

  const ask = async () => {
    clearTimeout(timer);
    if (isLeaving) return;
    const isTelling = wasActive && (bar || Date.now() - toldAt >= TELL_EVERY);
    if (isTelling) { wasActive = false; toldAt = Date.now(); }
    try {
      heard(await fetch('/door/presence', {
        method: isTelling ? 'POST' : 'GET',
        body: isTelling ? new URLSearchParams() : undefined,
        cache: 'no-store',
        redirect: 'error',
        signal: AbortSignal.timeout(EVERY),
      }));
    } catch {
      if (Date.now() >= endsAt) hide();
    }
    clearTimeout(timer);
    timer = setTimeout(ask, EVERY);
  };

  const wake = () => {
    if (document.visibilityState === 'hidden') return;
    if (Date.now() >= endsAt || Date.now() - answeredAt >= ASLEEP) hide();
    ask();
  };

  for (const kind of ['keydown', 'pointerdown', 'wheel', 'touchstart']) {
    addEventListener(kind, () => { wasActive = true; }, { capture: true, passive: true });
  }
  document.addEventListener('visibilitychange', wake);
  addEventListener('pageshow', (event) => { if (event.persisted) { hide(); ask(); } });
  addEventListener('focus', wake);
  // The server draws figures for one scheme. When a screen turns dark at dusk it draws them anew, as
  // it does at the press of R, once Streamlit itself has changed and so tells it of which.
  const isDark = matchMedia('(prefers-color-scheme: dark)');
  const redraw = (tries) => {
    const now = getComputedStyle(document.querySelector('.stApp') ?? root).colorScheme;
    if (tries && now !== (isDark.matches ? 'dark' : 'light')) {
      setTimeout(redraw, 100, tries - 1);
      return;
    }
    for (const kind of ['keydown', 'keyup']) {
      document.dispatchEvent(new KeyboardEvent(kind, { key: 'r', code: 'KeyR', bubbles: true }));
    }
  };
  isDark.addEventListener('change', () => redraw(50));
  timer = setTimeout(ask, EVERY);
}
