// Makes a field required as soon as the choice says so that it depends on. Without scripts the words beside its label do.
(() => {
  for (const form of document.forms) {
    const fields = [...form.querySelectorAll('[data-when]')];
    if (!fields.length) continue;
    const chosen = name => [...form.elements].find(e => e.name === name && e.value && (e.type !== 'radio' || e.checked))?.value ?? '';
    const settle = () => {
      for (const field of fields) {
        const [, name, is, values] = field.dataset.when.match(/^([^=!]+)([=!])(.*)$/);
        const now = values.split('|').includes(chosen(name)) === (is === '=');
        for (const e of field.querySelectorAll('.in, [type=radio]')) e.required = now;
        field.toggleAttribute('data-needed', now);
        const fold = now && field.closest('details');
        if (fold) fold.open = true;
      }
    };
    form.addEventListener('change', settle);
    settle();
  }
})();
// What a choice names is filled in where nothing is chosen yet; another choice takes it back.
(() => {
  const filled = new Map(), pairs = text => (text || '').split(' ').filter(Boolean).map(pair => pair.split('='));
  const put = (form, [name, value], on) => {
    for (const e of [...form.elements].filter(e => e.name === name)) {
      if (e.type === 'checkbox') e.checked = e.value === value ? on : e.checked;
      else if (on ? !e.value : e.value === value) e.value = on ? value : '';
    }
  };
  document.addEventListener('change', ({ target: { form, name, selectedOptions: [option] = [], dataset } }) => {
    if (![...form?.elements ?? []].some(e => e.name === name && (e.dataset.fills || e.querySelector?.('[data-fills]')))) return;
    const key = form.action + name, fills = (option?.dataset ?? dataset).fills;
    pairs(filled.get(key)).forEach(pair => put(form, pair, false));
    pairs(fills).forEach(pair => put(form, pair, true));
    filled.set(key, fills);
  });
})();
