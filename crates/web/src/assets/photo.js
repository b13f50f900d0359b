// Shows what was chosen, and sends photos smaller (long side 1600 px), which also drops the position from them.
(() => {
  const LONG = 1600, own = document.body.classList.contains('portal'); // a desk sends papers as they are
  const shrink = async file => {
    try {
      const picture = await createImageBitmap(file), ratio = Math.min(1, LONG / Math.max(picture.width, picture.height));
      const canvas = Object.assign(document.createElement('canvas'), { width: Math.round(picture.width * ratio), height: Math.round(picture.height * ratio) });
      canvas.getContext('2d').drawImage(picture, 0, 0, canvas.width, canvas.height);
      const blob = await new Promise(done => canvas.toBlob(done, 'image/jpeg', .85));
      return blob ? new File([blob], file.name.replace(/\.\w+$/, '') + '.jpg', { type: 'image/jpeg' }) : file;
    } catch { return file } // a format that this browser cannot draw goes as it is; the server cleans it
  };
  for (const input of document.querySelectorAll('.file-add input[type=file]')) {
    const list = document.createElement('ul'), frame = input.closest('.file-add'), words = frame.querySelector('span'), none = words.textContent;
    list.className = 'previews';
    frame.dataset.own = '';
    frame.after(list);
    input.addEventListener('change', async () => {
      const bag = new DataTransfer(), files = await Promise.all([...input.files].map(f => own && f.type.startsWith('image/') ? shrink(f) : f));
      list.replaceChildren();
      for (const file of files) {
        bag.items.add(file);
        const item = document.createElement('li');
        if (file.type.startsWith('image/')) item.append(Object.assign(new Image(), { src: URL.createObjectURL(file), alt: file.name }));
        else item.textContent = file.name;
        list.append(item);
      }
      input.files = bag.files;
      words.textContent = files.length ? words.dataset.many.replace('{n}', files.length) : none;
    });
  }
})();
