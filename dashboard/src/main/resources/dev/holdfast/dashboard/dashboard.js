// Every page works without this script. It writes times in the reader's own zone and keeps the
// choice of a theme.

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

showTimes(document);
offerThemes();
const zoneNote = document.getElementById('zone');
if (zoneNote) {
  zoneNote.textContent = `, and in ${zone} when pointed at`;
}
