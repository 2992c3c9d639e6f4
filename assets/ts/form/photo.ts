/** What a field with a file holds, put there by a script. */
function put(field: HTMLInputElement, file: File | null): void {
  const files = new DataTransfer();
  if (file) files.items.add(file);
  field.files = files.files;
  field.dispatchEvent(new Event('change', { bubbles: true }));
}

/** Photographs are made smaller before they are sent, which also leaves out where they were taken. */
export function photos(root: HTMLElement, words: Record<string, string>): void {
  const done = new WeakSet<File>();
  root.addEventListener('change', (e) => {
    const field = e.target as HTMLInputElement;
    const [file] = field.files ?? [];
    if (!field.dataset?.zdPhoto || !file || done.has(file) || !/^image\/(jpeg|webp|hei[cf])$/.test(file.type)) return;
    done.add(file);
    const said = document.getElementById(field.id + '-picked');
    if (said) said.textContent = words.photo_busy ?? '';
    void smaller(file, Number(field.dataset.zdPhoto)).then((less) => {
      if (field.files?.[0] !== file) return; // another was chosen meanwhile
      done.add(less);
      put(field, less);
    });
  });
}

/** The photograph with at most so many pixels a side; as it is where the browser cannot, or where nothing is gained. */
export async function smaller(file: File, side: number): Promise<File> {
  try {
    const image = await createImageBitmap(file, { imageOrientation: 'from-image' });
    const by = Math.min(1, side / Math.max(image.width, image.height));
    const canvas = Object.assign(document.createElement('canvas'), { width: Math.round(image.width * by), height: Math.round(image.height * by) });
    canvas.getContext('2d')!.drawImage(image, 0, 0, canvas.width, canvas.height);
    image.close();
    const blob = await new Promise<Blob | null>((give) => canvas.toBlob(give, 'image/jpeg', 0.85));
    if (!blob || (file.type === 'image/jpeg' && blob.size > file.size)) return file;
    return new File([blob], file.name.replace(/\.\w+$/, '') + '.jpg', { type: 'image/jpeg' });
  } catch {
    return file; // the server says what is wrong with it
  }
}

/** Fields in which somebody signs; without scripts a photograph of the signature is handed in. */
export function signatures(root: HTMLElement): void {
  for (const box of root.querySelectorAll<HTMLElement>('[data-zd-sign]')) {
    const field = document.getElementById(box.dataset.zdSign ?? '') as HTMLInputElement | null;
    const canvas = box.querySelector('canvas')!;
    const pen = canvas.getContext('2d');
    if (!field || !pen) continue;
    box.hidden = false;
    const clear = () => {
      pen.fillStyle = '#fff';
      pen.fillRect(0, 0, canvas.width, canvas.height);
    };
    clear();
    Object.assign(pen, { lineWidth: 4, lineCap: 'round', lineJoin: 'round', strokeStyle: '#111' });
    const at = (e: PointerEvent): [number, number] => [e.offsetX * canvas.width / canvas.clientWidth, e.offsetY * canvas.height / canvas.clientHeight];
    let writing = false;
    canvas.addEventListener('pointerdown', (e) => {
      writing = true;
      canvas.setPointerCapture(e.pointerId);
      pen.beginPath();
      pen.moveTo(...at(e));
      e.preventDefault();
    });
    canvas.addEventListener('pointermove', (e) => {
      if (!writing) return;
      pen.lineTo(...at(e));
      pen.stroke();
    });
    const lift = () => {
      if (!writing) return;
      writing = false;
      canvas.toBlob((b) => { if (b) put(field, new File([b], 'signature.png', { type: 'image/png' })); }, 'image/png');
    };
    canvas.addEventListener('pointerup', lift);
    canvas.addEventListener('pointercancel', lift);
    box.querySelector('button')?.addEventListener('click', () => { clear(); put(field, null); });
  }
}
