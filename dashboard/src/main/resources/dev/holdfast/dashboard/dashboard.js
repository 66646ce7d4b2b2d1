// Every page works without this script. It writes times in the reader's own zone, keeps the choice
// of a theme, keeps a page up to date, and draws the timeline.
import { drawTimeline } from './timeline.js';

const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
const local = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' });

function showTimes(within) {
  for (const time of within.querySelectorAll('time[datetime]')) {
    if (!time.dataset.utc) {
      time.dataset.utc = time.title;
      time.title = `${local.format(new Date(time.dateTime))} (${time.title})`;
    }
  }
}

function offerThemes() {
  const button = document.getElementById('theme');
  if (!button) {
    return;
  }
  const themes = ['system', 'light', 'dark'];
  const show = (theme) => {
    if (theme === 'system') {
      delete document.documentElement.dataset.theme;
    } else {
      document.documentElement.dataset.theme = theme;
    }
    button.textContent = `Theme: ${theme}`;
  };
  let theme = 'system';
  try {
    theme = localStorage.getItem('holdfast-theme') ?? 'system';
  } catch {
    // A browser that keeps nothing shows the theme of the system.
  }
  show(themes.includes(theme) ? theme : 'system');
  button.hidden = false;
  button.addEventListener('click', () => {
    theme = themes[(themes.indexOf(theme) + 1) % themes.length];
    show(theme);
    try {
      localStorage.setItem('holdfast-theme', theme);
    } catch {
      // The choice then holds for this page.
    }
  });
}

// A part of the page in which a person is at work is left alone until it is left.
function isInUse(part) {
  return part.contains(document.activeElement) || part.querySelector('details[open] form') !== null;
}

function replace(part, fresh) {
  const open = [...part.querySelectorAll('details')].map((each) => each.open);
  [...fresh.querySelectorAll('details')].forEach((each, i) => {
    each.open = open[i] ?? false;
  });
  const scrolled = [...part.querySelectorAll('.scroll')].map((each) => each.scrollLeft);
  part.replaceWith(fresh);
  [...fresh.querySelectorAll('.scroll')].forEach((each, i) => {
    each.scrollLeft = scrolled[i] ?? 0;
  });
  showTimes(fresh);
}

async function refresh(asked) {
  const reply = await fetch(location.href, { headers: { Accept: 'text/html' }, credentials: 'same-origin' });
  if (!reply.ok || reply.redirected) {
    throw new Error(`The page answered ${reply.status}`);
  }
  const fresh = new DOMParser().parseFromString(await reply.text(), 'text/html');
  for (const part of document.querySelectorAll('[data-live]')) {
    const other = fresh.getElementById(part.id);
    if (other && (asked || (part.dataset.live !== 'asked' && !isInUse(part)))) {
      replace(part, document.adoptNode(other));
    }
  }
  await drawTimeline(document.getElementById('chart'));
}

function keepUpToDate() {
  const source = document.getElementById('live-source');
  if (!source) {
    return;
  }
  const said = document.getElementById('live');
  const newer = document.getElementById('newer');
  const pause = Number(source.dataset.pause);
  let wanted = false;
  let busy = false;
  let failures = 0;

  const say = (words) => {
    said.textContent = words;
  };
  const look = async () => {
    if (busy || !wanted || document.hidden) {
      return;
    }
    if (newer) {
      newer.hidden = false;
      return;
    }
    busy = true;
    wanted = false;
    try {
      await refresh(false);
    } catch {
      say('this page could not be brought up to date');
    }
    setTimeout(() => {
      busy = false;
      look();
    }, pause);
  };
  const changed = () => {
    wanted = true;
    look();
  };
  newer?.querySelector('button').addEventListener('click', async () => {
    wanted = false;
    newer.hidden = true;
    await refresh(true).catch(() => say('this page could not be brought up to date'));
  });
  document.addEventListener('visibilitychange', look);

  const poll = () => {
    say('reads again every five seconds');
    setInterval(changed, 5000);
  };
  const stream = new EventSource(source.dataset.source);
  let first = true;
  stream.addEventListener('changed', () => {
    failures = 0;
    say('kept up to date');
    if (first) {
      first = false; // The first event tells the state that the page already shows.
      return;
    }
    changed();
  });
  stream.addEventListener('error', () => {
    failures += 1;
    if (stream.readyState === EventSource.CLOSED || failures > 5) {
      stream.close();
      poll();
    } else {
      say('not connected; trying again');
    }
  });
  // A stream that stays open would use up one of the browser's few connections to this host.
  window.addEventListener('pagehide', () => stream.close());
}

showTimes(document);
offerThemes();
const zoneNote = document.getElementById('zone');
if (zoneNote) {
  zoneNote.textContent = zone === 'UTC' ? '' : `, and in ${zone} when pointed at`;
}
keepUpToDate();
drawTimeline(document.getElementById('chart'));
