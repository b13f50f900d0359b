// Draws a sketch with mouse, finger or keyboard (arrows move, space sets a point, Enter ends a line or an area).
// A photo or plan lies under it while it is drawn. Without scripts the rows below it take a square and words.
(() => {
  const SIDE = 1000, put = (to, tag, attributes, words = '') => {
    const element = document.createElementNS('http://www.w3.org/2000/svg', tag);
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    element.textContent = words;
    to.append(element);
  };
  for (const box of document.querySelectorAll('[data-sketch]')) {
    const find = what => box.querySelector(what), pad = find('.sk-pad'), layer = find('.sk-pad g:last-of-type'), field = find('input[type=hidden]');
    const [kind, words, said, rows, sent, chosen, bare] = ['[data-kind]', '[data-words]', 'output', 'details', '[data-under]', '[data-chosen]', '[data-bare]'].map(find);
    const picture = find('.sk-pad image'), under = src => {
      src ? picture.setAttribute('href', src) : picture.removeAttribute('href');
      pad.classList.toggle('over', !!src);
    };
    let sketch = { marks: [] }, points = [], at = [SIDE / 2, SIDE / 2];
    try { sketch = JSON.parse(field.value) } catch { /* nothing was drawn yet */ }
    const one = (mark, n) => {
      const [x, y] = mark.points[0], line = { points: mark.points.map(p => p.join()).join(' ') };
      if (mark.kind === 'label') return put(layer, 'text', { class: 'sk-label', x, y }, mark.text);
      if (mark.kind === 'line') put(layer, 'polyline', { class: 'sk-line', ...line });
      if (mark.kind === 'area') put(layer, 'polygon', { class: 'sk-area', ...line });
      put(layer, 'circle', { class: 'sk-dot', cx: x, cy: y, r: 30 });
      put(layer, 'text', { class: 'sk-number', x, y: y + 14, 'text-anchor': 'middle' }, n);
    };
    const draw = () => {
      layer.replaceChildren();
      sketch.marks.forEach((mark, n) => one(mark, n + 1));
      if (points.length) one({ kind: points.length > 1 ? 'line' : 'mark', points }, '…');
      if (document.activeElement === pad) put(layer, 'circle', { class: 'sk-cursor', cx: at[0], cy: at[1], r: 40 });
      field.value = sketch.marks.length || sketch.base ? JSON.stringify(sketch) : '';
      said.textContent = 'ABCDEFGHIJ'[Math.min(9, Math.floor(at[0] / 100))] + Math.min(10, Math.floor(at[1] / 100) + 1);
    };
    const end = () => {
      const least = { line: 2, area: 3, mark: 1, label: 1 }[kind.value], text = words.value.trim().slice(0, 60);
      if (points.length >= least && (text || kind.value !== 'label')) {
        sketch.marks.push({ kind: kind.value, points, text });
        points = [], words.value = '';
      } else if (kind.value === 'label') points = [], words.focus();
      draw();
    };
    const set = () => {
      points.push([...at]);
      ['mark', 'label'].includes(kind.value) ? end() : draw();
    };
    pad.addEventListener('pointerdown', event => {
      const frame = pad.getBoundingClientRect(), within = v => Math.max(0, Math.min(SIDE, Math.round(v * SIDE)));
      at = [within((event.clientX - frame.left) / frame.width), within((event.clientY - frame.top) / frame.height)];
      set();
    });
    pad.addEventListener('keydown', event => {
      const step = event.shiftKey ? 100 : 20, way = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
      if (!way && ![' ', 'Enter'].includes(event.key)) return;
      event.preventDefault();
      if (way) at = at.map((v, i) => Math.max(0, Math.min(SIDE, v + way[i] * step))), draw();
      else event.key === ' ' ? set() : end();
    });
    for (const name of ['focus', 'blur']) pad.addEventListener(name, draw);
    kind.addEventListener('change', () => { points = []; draw() });
    find('[data-end]').addEventListener('click', end);
    find('[data-undo]').addEventListener('click', () => { points.length ? points.pop() : sketch.marks.pop(); draw() });
    sent.addEventListener('change', () => {
      const file = sent.files[0];
      under(file?.type.startsWith('image/') ? URL.createObjectURL(file) : chosen?.selectedOptions[0]?.dataset.src);
    });
    chosen?.addEventListener('change', () => under(chosen.selectedOptions[0].dataset.src));
    bare?.addEventListener('change', () => { if (bare.checked) under() });
    for (const hidden of box.querySelectorAll('[hidden]')) hidden.hidden = false;
    find('.sketch')?.remove();
    rows.open = false;
    draw();
  }
})();
