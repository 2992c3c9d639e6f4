/** Who signs out leaves nothing on a phone of what it took along; what is not sent stays, locked. See field/store.ts. */
export function leaving(): void {
  for (const form of document.querySelectorAll<HTMLFormElement>('form[action="/sign-out"]')) {
    form.addEventListener('submit', () => {
      const asked = indexedDB.open('zd-field', 1);
      asked.onupgradeneeded = () => asked.transaction?.abort(); // this browser took nothing along
      asked.onsuccess = () => {
        const meta = asked.result.transaction('meta', 'readwrite').objectStore('meta');
        meta.delete('who');
        meta.delete('pack');
      };
    });
  }
}
