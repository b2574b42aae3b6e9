// How one request found its answer: the story that `aurelis why` tells.

import { KeyNeeded, get } from '/assets/client.js';
import { dateAndTime, dollars, duration, el, number, plain, plural } from '/assets/format.js';

const dialog = document.getElementById('trace-dialog');
const title = document.getElementById('trace-title');
const body = document.getElementById('trace-body');

const at = (part) => plain(part.provider ? `${part.model} at ${part.provider}` : part.model);
const words = (name) => plain(name).replaceAll('_', ' ');

/** Opens the story of a request. */
export async function explain(id) {
  title.textContent = id;
  body.replaceChildren(el('p', { class: 'soft' }, 'One moment …'));
  if (!dialog.open) dialog.showModal();
  try {
    const record = await get(`/admin/requests/${encodeURIComponent(id)}`);
    if (title.textContent === id) body.replaceChildren(...story(record));
  } catch (error) {
    if (error instanceof KeyNeeded) dialog.close();
    body.replaceChildren(el('p', { class: 'error' }, plain(error.message)));
  }
}

function story(record) {
  return [
    el('dl', { class: 'facts' }, facts(record).map(([name, value]) => [el('dt', {}, name), el('dd', {}, value)])),
    el('h3', {}, 'Who was considered'),
    record.candidates.length
      ? el('ol', { class: 'steps' }, record.candidates.map((candidate) => el('li', {}, at(candidate), el('p', {}, verdict(candidate, record)))))
      : el('p', { class: 'soft' }, 'Nobody: it was refused before.'),
    el('h3', {}, 'Who was asked'),
    record.attempts.length
      ? el('ol', { class: 'steps' }, record.attempts.map(attempt))
      : el('p', { class: 'soft' }, record.cache?.startsWith('hit') ? 'Nobody: the answer was kept.' : 'Nobody.'),
    el('p', { class: 'hint' }, 'On the command line: ', el('code', {}, `aurelis why ${record.id}`)),
  ];
}

function facts(record) {
  const form = record.operation.startsWith('embedding') ? 'embeddings' : record.stream ? 'a stream' : 'an answer';
  const rows = [
    ['Time', dateAndTime(record.time_ms)],
    ['Asked', `${plain(record.model_requested ?? `any model for ${record.task}`)}, for ${form}`],
    ['Task', plain(record.task)],
    ['Outcome', outcome(record)],
  ];
  if (record.message) rows.push(['Reason', plain(record.message)]);
  if (record.tenant) rows.push(['Key', plain(record.tenant)]);
  const attempts = record.attempts.filter((each) => each.purpose !== 'shared').length;
  rows.push(['Took', `${duration(record.duration_ms)}, ${plural(attempts, 'attempt')}`]);
  if (record.waited_ms) rows.push(['Waited', `${duration(record.waited_ms)} for a quota`]);
  if (record.usage) rows.push(['Tokens', `${number(record.usage.prompt_tokens)} of the prompt, ${number(record.usage.completion_tokens)} of the answer`]);
  if (record.cost_picodollars !== undefined) rows.push(['Cost', dollars(record.cost_picodollars)]);
  if (record.cache) rows.push(['Cache', cache(record)]);
  if (record.clamped_max_tokens) rows.push(['Answer', `at most ${number(record.clamped_max_tokens)} tokens, less than was asked for`]);
  if (record.quota_left) rows.push(['Quota left', plain(record.quota_left.replaceAll('=', ' '))]);
  for (const finding of record.findings ?? []) {
    rows.push(['Found', plain(`${finding.kind} in ${finding.place}, ${finding.action}`)]);
  }
  return rows;
}

function outcome(record) {
  const place = record.model_used ? at({ model: record.model_used, provider: record.provider }) : '';
  if (record.outcome === 'answered') return `answered by ${place}`;
  if (record.outcome === 'interrupted') return `broke off in the middle, at ${place}`;
  if (record.outcome === 'cancelled') return 'the caller went away';
  return `failed: ${words(record.outcome)}`;
}

function cache(record) {
  const age = record.cache_age_ms === undefined ? '' : `, ${duration(record.cache_age_ms)} old`;
  return plain(`${record.cache}${age}`);
}

function verdict(candidate, record) {
  if (candidate.rejection) return plain(`not asked: ${candidate.rejection}`);
  const wasAsked = record.attempts.some((each) => each.model === candidate.model && each.provider === candidate.provider);
  const state = wasAsked ? 'asked' : record.model_used === candidate.model && record.cache ? 'its kept answer was given' : 'in reserve';
  return plain(candidate.deferral ? `${state}; put behind: ${candidate.deferral}` : state);
}

const PURPOSES = {
  answer: '', resume: 'for the same answer again, to go on where it broke off', prefill: 'to go on with the answer',
  restart: 'to begin the answer again', shared: 'by an equal request, whose answer was shared',
};

function attempt(each) {
  const isGood = each.outcome === 'answered';
  const status = each.status ? ` (${each.status})` : '';
  const lines = [`${isGood ? 'after' : `${words(each.outcome)}${status} after`} ${duration(each.duration_ms)}`];
  if (PURPOSES[each.purpose]) lines.push(PURPOSES[each.purpose]);
  return el(
    'li', {}, `${at(each)} `, el('span', { class: `badge ${isGood ? 'good' : 'bad'}` }, isGood ? '✓ answered' : '✕ failed'),
    el('p', {}, lines.join(', ')),
    each.reason ? el('p', {}, plain(each.reason)) : null,
    each.wait_after_ms === undefined ? null : el('p', {}, `then waited ${duration(each.wait_after_ms)} and asked it again`),
  );
}
