// What an operator does: open with a key, invalidate, reset.

import { KeyNeeded, key, post } from '/assets/client.js';
import { el, plain, plural } from '/assets/format.js';

const $ = (id) => document.getElementById(id);

/** Says what has happened, to eyes and ears. */
let silence = 0;
export function announce(text) {
  clearTimeout(silence);
  $('announcer').textContent = text;
  silence = setTimeout(() => { $('announcer').textContent = ''; }, 6_000);
}

for (const button of document.querySelectorAll('dialog [data-close]')) {
  button.addEventListener('click', () => button.closest('dialog').close());
}
for (const dialog of document.querySelectorAll('dialog')) {
  // A click beside a dialog is one on its backdrop.
  dialog.addEventListener('click', (event) => {
    const box = dialog.getBoundingClientRect();
    const isInside = event.clientX >= box.left && event.clientX <= box.right && event.clientY >= box.top && event.clientY <= box.bottom;
    if (event.target === dialog && !isInside) dialog.close();
  });
}

/** The form for the admin key. */
export class KeyForm {
  /** @param retry called when there is another key, or none any more */
  constructor(retry) {
    this.dialog = $('key-dialog');
    this.button = $('key-button');
    this.isLocked = false;
    $('key-form').addEventListener('submit', (event) => {
      event.preventDefault();
      const value = $('key-input').value.trim();
      // What no field of a request may hold is no key.
      if (!/^[\x21-\x7e]+$/.test(value)) {
        $('key-error').textContent = 'A key has letters, digits and signs only, without spaces.';
        return;
      }
      key.set(value);
      $('key-error').textContent = '';
      retry();
    });
    this.button.addEventListener('click', () => {
      if (this.isLocked) return this.#ask();
      key.forget();
      announce('The key is forgotten.');
      retry();
    });
  }

  #ask() {
    if (!this.dialog.open) this.dialog.showModal();
    $('key-input').focus();
  }

  lock(reason) {
    const wasRefused = key.get() !== null;
    key.forget();
    this.isLocked = true;
    this.button.hidden = false;
    this.button.textContent = 'Enter the key …';
    // What the gateway says to whoever sends no key is for programs.
    $('key-reason').textContent = wasRefused ? '' : 'This gateway shows itself to whoever has its admin key, which begins with aurelisadmin_.';
    $('key-error').textContent = wasRefused ? `This key does not open it: ${plain(reason).replace(/; send one as .*/, '')}.` : '';
    $('key-input').value = '';
    this.#ask();
  }

  unlock() {
    this.isLocked = false;
    this.button.hidden = key.get() === null;
    this.button.textContent = 'Forget the key';
    $('key-input').value = '';
    this.dialog.close();
  }
}

const EVENTS = ['code_style_change', 'framework_update', 'api_change', 'documentation_standard_update', 'concept_change'];
const VALUES = {
  event: ['Event', 'api_change'], model: ['Model', 'gpt-4o'], tag: ['Tag', 'release-2'], task: ['Task', 'codeReview'],
};

/** The form that drops kept answers. */
export class InvalidateForm {
  /** @param store knows names to suggest; @param done called when something was dropped; @param locked when a key is wanted */
  constructor(store, done, locked) {
    this.dialog = $('invalidate-dialog');
    this.form = $('invalidate-form');
    $('invalidate-open').addEventListener('click', () => {
      $('invalidate-error').textContent = '';
      $('invalidate-sure').checked = false;
      this.#choose(store);
      this.dialog.showModal();
    });
    this.form.addEventListener('change', () => this.#choose(store));
    $('invalidate-value').addEventListener('input', () => this.#choose(store));
    this.form.addEventListener('submit', async (event) => {
      event.preventDefault();
      const what = this.form.elements.what.value;
      const value = $('invalidate-value').value.trim();
      $('invalidate-submit').disabled = true;
      try {
        await post('/admin/cache/invalidate', { [what]: what === 'all' ? 'true' : value });
        this.dialog.close();
        $('invalidate-value').value = '';
        announce(what === 'all' ? 'Every kept answer is invalidated.' : `Answers of the ${what} “${plain(value)}” are invalidated.`);
        done();
      } catch (error) {
        if (error instanceof KeyNeeded) {
          this.dialog.close();
          locked(error.message);
        }
        $('invalidate-error').textContent = plain(error.message);
      } finally {
        this.#choose(store);
      }
    });
  }

  /** Shows what belongs to what is chosen. */
  #choose(store) {
    const what = this.form.elements.what.value;
    const isAll = what === 'all';
    $('invalidate-value-label').hidden = isAll;
    $('invalidate-sure-label').hidden = !isAll;
    $('invalidate-submit').textContent = isAll ? 'Drop everything' : 'Invalidate';
    $('invalidate-submit').disabled = isAll ? !$('invalidate-sure').checked : !$('invalidate-value').value.trim();
    if (isAll) return;
    const [name, example] = VALUES[what];
    $('invalidate-value-name').textContent = name;
    $('invalidate-value').placeholder = example;
    const names = {
      event: EVENTS, model: [...new Set([...store.circuits.values()].map((circuit) => circuit.model))], tag: [],
      task: (store.tasks ?? []),
    }[what];
    $('invalidate-suggestions').replaceChildren(...names.map((value) => el('option', { value })));
  }
}

/** Closes circuits: one route's, or all. */
export async function reset(route, done, locked) {
  try {
    const { reset: count } = await post('/admin/circuits/reset', route);
    announce(count ? `${plural(count, 'route')} reset: requests pass again.` : 'No route was in trouble any more.');
    done();
  } catch (error) {
    if (error instanceof KeyNeeded) locked(error.message);
    else announce(plain(`Not reset: ${error.message}`));
  }
}
