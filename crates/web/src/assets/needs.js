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
