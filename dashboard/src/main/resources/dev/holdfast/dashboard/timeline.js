// Draws the timeline of an instance. The table beside it has the same content for everybody who
// does not see the drawing.

const SVG = 'http://www.w3.org/2000/svg';
const NAMES = 230;
const ROW = 24;
const TOP = 30;
const BAR_MIN = 3;
const FOLD = 26;

// The range that a person has chosen, in milliseconds since the epoch; null shows everything.
let chosen = null;
let first = 0;

function element(name, attributes, text) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) {
    made.setAttribute(key, value);
  }
  if (text !== undefined) {
    made.textContent = text;
  }
  return made;
}

function words(millis) {
  if (millis < 1000) {
    return `${Math.round(millis)} ms`;
  }
  if (millis < 60_000) {
    return `${(millis / 1000).toFixed(millis < 10_000 ? 1 : 0)} s`;
  }
  if (millis < 3_600_000) {
    return `${Math.round(millis / 60_000)} min`;
  }
  return millis < 172_800_000 ? `${Math.round(millis / 3_600_000)} h` : `${Math.round(millis / 86_400_000)} d`;
}

// Returns the stretches in which something other than a timer is under way, joined where they touch.
function busyStretches(bars, from, to) {
  const spans = bars
    .filter((bar) => bar.kind !== 'timer')
    .flatMap((bar) => bar.phases)
    .filter((phase) => phase.to >= from && phase.from <= to)
    .map((phase) => [Math.max(from, phase.from), Math.min(to, phase.to)])
    .concat([[from, from], [to, to]])
    .sort((a, b) => a[0] - b[0]);
  const joined = [];
  for (const [begin, end] of spans) {
    const last = joined[joined.length - 1];
    if (last && begin <= last[1]) {
      last[1] = Math.max(last[1], end);
    } else {
      joined.push([begin, end]);
    }
  }
  return joined;
}

// Maps times to places. Idle gaps that would fill more than a seventh of the width are folded to a
// fixed one, unless all is idle.
function scaleOf(bars, from, to, width) {
  const busy = busyStretches(bars, from, to);
  const gaps = [];
  for (let i = 1; i < busy.length; i += 1) {
    const gap = [busy[i - 1][1], busy[i][0]];
    if (gap[1] - gap[0] > (to - from) / 7) {
      gaps.push(gap);
    }
  }
  const folded = gaps.reduce((sum, gap) => sum + gap[1] - gap[0], 0);
  const shown = Math.max(1, to - from - folded);
  const fold = folded > 0.95 * (to - from) && gaps.length === 1 && busy.every((b) => b[1] - b[0] === 0) ? null : gaps;
  const used = fold ?? [];
  const rest = width - used.length * FOLD;
  const perMilli = rest / (fold ? shown : Math.max(1, to - from));
  const place = (time) => {
    let x = 0;
    let at = from;
    for (const [begin, end] of used) {
      if (time <= begin) {
        return x + (time - at) * perMilli;
      }
      x += (begin - at) * perMilli;
      if (time < end) {
        return x + (FOLD * (time - begin)) / (end - begin);
      }
      x += FOLD;
      at = end;
    }
    return x + (time - at) * perMilli;
  };
  const timeAt = (x) => {
    let low = from;
    let high = to;
    for (let i = 0; i < 60; i += 1) {
      const middle = (low + high) / 2;
      if (place(middle) < x) {
        low = middle;
      } else {
        high = middle;
      }
    }
    return low;
  };
  return { place, timeAt, gaps: used };
}

function short(text, most) {
  return text.length > most ? `${text.slice(0, most - 1)}…` : text;
}

function row(bar, index, scale, width, from, to) {
  const y = TOP + index * ROW;
  const group = element('g', { class: `bar bar-${bar.outcome.replaceAll(' ', '-')} kind-${bar.kind.replaceAll(' ', '-')}` });
  group.append(element('title', {}, `${bar.kind} ${bar.name}: ${bar.outcome}${bar.took ? `, ${bar.took}` : ''}${bar.attempts > 1 ? `, ${bar.attempts} attempts` : ''}`));
  if (index % 2 === 1) {
    group.append(element('rect', { class: 'stripe', x: 0, y, width, height: ROW }));
  }
  const name = element('text', { class: 'name', x: 6, y: y + 16 }, short(bar.kind === 'timer' ? `timer ${bar.name}` : bar.name, 30));
  if (bar.link) {
    const link = element('a', { href: bar.link });
    link.append(name);
    group.append(link);
  } else {
    group.append(name);
  }
  let right = NAMES;
  let left = width;
  for (const phase of bar.phases) {
    if (phase.to < from || phase.from > to) {
      continue;
    }
    const begin = NAMES + scale.place(Math.max(from, phase.from));
    const end = NAMES + scale.place(Math.min(to, phase.to));
    const span = Math.max(BAR_MIN, end - begin);
    group.append(
      element('rect', {
        class: phase.waits ? 'phase waits' : 'phase runs',
        x: begin,
        y: y + 5,
        width: span,
        height: ROW - 10,
        rx: 2,
      }),
    );
    right = Math.max(right, begin + span);
    left = Math.min(left, begin);
  }
  const note = `${bar.took || bar.outcome}${bar.attempts > 1 ? ` · ${bar.attempts} attempts` : ''}${bar.outcome === 'failed' ? ' · failed' : ''}`;
  const fits = right + 8 + note.length * 7 < width;
  if (right > NAMES) {
    group.append(element('text', { class: fits ? 'took' : 'took left', x: fits ? right + 6 : left - 6, y: y + 16 }, note));
  }
  return group;
}

function axis(scale, from, to, width, height) {
  const group = element('g', { class: 'axis' });
  const plot = width - NAMES;
  const marks = Math.max(2, Math.floor(plot / 130));
  for (let i = 0; i <= marks; i += 1) {
    const x = (plot * i) / marks;
    const time = scale.timeAt(x);
    group.append(element('line', { x1: NAMES + x, x2: NAMES + x, y1: TOP - 6, y2: height }));
    group.append(
      element('text', { x: NAMES + x, y: 16, class: i === 0 ? '' : i === marks ? 'end' : 'middle' }, `+${words(time - from)}`),
    );
  }
  for (const [begin, end] of scale.gaps) {
    const x = NAMES + scale.place(begin);
    const fold = element('g', { class: 'fold' });
    fold.append(element('title', {}, `${words(end - begin)} in which nothing but timers was under way`));
    fold.append(element('rect', { x, y: TOP - 4, width: FOLD, height: height - TOP + 4 }));
    fold.append(element('text', { x: x + FOLD / 2, y: TOP - 8, class: 'middle' }, '//'));
    group.append(fold);
  }
  return group;
}

function button(label, words_, press, off) {
  const made = document.createElement('button');
  made.type = 'button';
  made.textContent = label;
  made.title = words_;
  made.setAttribute('aria-label', words_);
  made.disabled = off;
  made.addEventListener('click', press);
  return made;
}

// A range is chosen by dragging over the drawing.
function brush(svg, scale, redraw) {
  let begun = null;
  const mark = element('rect', { class: 'brush', y: TOP - 6, height: svg.getAttribute('height') - TOP, x: 0, width: 0 });
  svg.append(mark);
  const at = (event) => Math.max(0, event.clientX - svg.getBoundingClientRect().left - NAMES);
  svg.addEventListener('pointerdown', (event) => {
    if (event.button === 0 && event.clientX - svg.getBoundingClientRect().left > NAMES) {
      begun = at(event);
    }
  });
  svg.addEventListener('pointermove', (event) => {
    if (begun !== null) {
      mark.setAttribute('x', NAMES + Math.min(begun, at(event)));
      mark.setAttribute('width', Math.abs(at(event) - begun));
    }
  });
  svg.addEventListener('pointerup', (event) => {
    const from = begun;
    begun = null;
    if (from !== null && Math.abs(at(event) - from) > 8) {
      const [a, b] = [scale.timeAt(from), scale.timeAt(at(event))].sort((x, y) => x - y);
      chosen = [a, b];
      redraw();
    }
  });
}

function draw(place, data) {
  const bars = data.bars;
  const phases = bars.flatMap((bar) => bar.phases);
  const all = [Math.min(...phases.map((p) => p.from)), Math.max(...phases.map((p) => p.to))];
  all[1] = Math.max(all[1], all[0] + 1);
  const [from, to] = chosen ?? all;
  const visible = bars.filter((bar) => bar.phases.some((phase) => phase.to >= from && phase.from <= to));
  place.hidden = false;
  const width = Math.max(560, place.clientWidth);
  const height = TOP + visible.length * ROW + 8;
  const scale = scaleOf(visible, from, to, width - NAMES - 16);
  const svg = element('svg', { width, height, role: 'img', 'aria-label': 'Timeline; the table below has the same content' });
  svg.append(axis(scale, from, to, width - 16, height));
  visible.forEach((bar, i) => svg.append(row(bar, i, scale, width, from, to)));
  const redraw = () => draw(place, data);
  brush(svg, scale, redraw);
  const zoom = (factor) => {
    const middle = (from + to) / 2;
    const half = Math.max(1, ((to - from) * factor) / 2);
    chosen = factor > 1 && middle - half <= all[0] && middle + half >= all[1] ? null : [Math.max(all[0], middle - half), Math.min(all[1], middle + half)];
    redraw();
  };
  const shift = (part) => {
    const by = (to - from) * part;
    const moved = Math.min(Math.max(by, all[0] - from), all[1] - to);
    chosen = [from + moved, to + moved];
    redraw();
  };
  const page = (to_) => {
    first = to_;
    chosen = null;
    drawTimeline(place);
  };
  const tools = document.createElement('div');
  tools.className = 'tools';
  tools.append(
    button('+', 'Zoom in', () => zoom(0.5), to - from < 3),
    button('−', 'Zoom out', () => zoom(2), chosen === null),
    button('←', 'Earlier', () => shift(-0.5), from <= all[0]),
    button('→', 'Later', () => shift(0.5), to >= all[1]),
    button('All', 'Show everything', () => { chosen = null; redraw(); }, chosen === null),
  );
  if (data.total > bars.length) {
    tools.append(
      button('Bars before', 'Show the bars before these', () => page(Math.max(0, first - 1000)), first === 0),
      button('Bars after', 'Show the bars after these', () => page(first + 1000), first + bars.length >= data.total),
      `bars ${first + 1} to ${first + bars.length} of ${data.total}`,
    );
  }
  const key = document.createElement('span');
  key.className = 'key';
  key.textContent = 'Drag over the drawing to look closer. Striped: waits for the next attempt. //: idle time is folded.';
  tools.append(key);
  const label = document.activeElement?.closest('.tools') ? document.activeElement.getAttribute('aria-label') : null;
  const frame = document.createElement('div');
  frame.className = 'scroll drawing';
  frame.tabIndex = 0;
  frame.setAttribute('role', 'region');
  frame.setAttribute('aria-label', 'Timeline as a drawing');
  frame.append(svg);
  place.replaceChildren(tools, frame);
  if (label) {
    tools.querySelector(`[aria-label="${label}"]:enabled`)?.focus();
  }
}

/** Reads the bars of a window and draws them into this element; does nothing without it. */
export async function drawTimeline(place) {
  if (!place) {
    return;
  }
  try {
    const reply = await fetch(`${place.dataset.source}&from=${first}`, { credentials: 'same-origin' });
    const data = reply.ok ? await reply.json() : { bars: [] };
    if (data.bars.length > 0) {
      draw(place, data);
    }
  } catch {
    place.hidden = true; // The table is still there.
  }
}
