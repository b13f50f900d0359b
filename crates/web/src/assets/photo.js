// Shows chosen photos and sends them smaller (long side 1600 px), which also drops the position from them.
(() => {
  const LONG = 1600;
  const shrink = async file => {
    try {
      const picture = await createImageBitmap(file), ratio = Math.min(1, LONG / Math.max(picture.width, picture.height));
      const canvas = Object.assign(document.createElement('canvas'), { width: Math.round(picture.width * ratio), height: Math.round(picture.height * ratio) });
      canvas.getContext('2d').drawImage(picture, 0, 0, canvas.width, canvas.height);
      const blob = await new Promise(done => canvas.toBlob(done, 'image/jpeg', .85));
      return blob ? new File([blob], file.name.replace(/\.\w+$/, '') + '.jpg', { type: 'image/jpeg' }) : file;
    } catch { return file } // a format that this browser cannot draw goes as it is; the server cleans it
  };
  for (const input of document.querySelectorAll('input[type=file][data-photo]')) {
    const list = document.createElement('ul');
    list.className = 'previews';
    input.closest('.file-add').after(list);
    input.addEventListener('change', async () => {
      const bag = new DataTransfer(), files = await Promise.all([...input.files].map(f => f.type.startsWith('image/') ? shrink(f) : f));
      list.replaceChildren();
      for (const file of files) {
        bag.items.add(file);
        const item = document.createElement('li'), image = document.createElement('img');
        image.src = URL.createObjectURL(file); image.alt = file.name;
        item.append(image); list.append(item);
      }
      input.files = bag.files;
    });
  }
})();
