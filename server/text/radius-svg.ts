import { showHoles } from '../../schema/index.ts';
import type { AssetReach, BlastReport } from '../../queries/review/blast-report.ts';
import { excessLines, recoveryText } from './radius.ts';

const WIDTH = 1120;
const CENTER = { x: 300, y: 395 };
const INNER = 120;
const OUTER = 205;
const DOTS = 90;
const ROWS = 13;
const ROW_TOP = 196;
const ROW = 38;
const HEIGHT = 760;

const COLOR: Readonly<Record<string, string>> = { restricted: '#b42318', confidential: '#dc6803', internal: '#1570cd', public: '#079455', unknown: '#667085', 'control plane': '#6941c6' };
const color = (sensitivity: string): string => COLOR[sensitivity] ?? COLOR['unknown']!;

const xml = (s: string): string => showHoles(s).replace(/[\p{Cc}\uD800-\uDFFF\uFFFE\uFFFF]/gu, ' ').replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/"/g, '&quot;');
const cut = (s: string, max: number): string => { const t = [...showHoles(s)]; return t.length <= max ? t.join('') : `${t.slice(0, max - 1).join('')}…`; };
const text = (x: number, y: number, s: string, more = ''): string => `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" ${more}>${xml(s)}</text>`;

/**
 * The picture of both radii, by itself: no script, font or file from elsewhere. The inner ring holds what steering the agent reaches, the outer
 * what its code and credentials add; a dot is an asset, its size the weight, its colour the sensitivity, dashed where it is not proven.
 */
export function radiusSvg(b: BlastReport): string {
  const says = `${showHoles(b.agent.name)}: ${b.influence.effects.length} assets by influence, ${b.credential.effects.length} by credential`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" width="${WIDTH}" height="${HEIGHT}" role="img" aria-labelledby="t d" font-family="system-ui, 'Segoe UI', Helvetica, Arial, sans-serif" font-size="13" fill="#1d2939">`,
    `<title id="t">${xml(`Blast radius of ${showHoles(b.agent.name)}`)}</title><desc id="d">${xml(says)}</desc>`,
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="#ffffff"/>`,
    ...head(b), ...rings(), ...dots(b), ...list(b), ...foot(b), '</svg>',
  ].join('\n') + '\n';
}

function head(b: BlastReport): string[] {
  const tiles: [string, string][] = [
    ['by influence', b.influence.weight.toFixed(0)], ['by credential', b.credential.weight.toFixed(0)], ['amplification', b.amplification === undefined ? '–' : `×${b.amplification.toFixed(1)}`],
    ['with needed rights', b.needed.from === 'none' ? 'not known' : b.needed.credential.toFixed(0)],
  ];
  return [
    text(32, 40, cut(`Blast radius of ${showHoles(b.agent.name)}`, 70), 'font-size="22" font-weight="600"'),
    text(32, 64, cut(`reached from ${b.upstream.join(', ') || 'nobody known'}`, 120), 'fill="#475467"'),
    ...tiles.flatMap(([name, value], i) => [
      `<rect x="${560 + i * 134}" y="84" width="124" height="62" rx="8" fill="#f2f4f7"/>`,
      text(572 + i * 134, 106, cut(name, 22), 'font-size="11" fill="#475467"'), text(572 + i * 134, 134, value, `font-size="${value.length > 8 ? 15 : 20}" font-weight="600"`),
    ]),
  ];
}

function rings(): string[] {
  const ring = (r: number, fill: string): string => `<circle cx="${CENTER.x}" cy="${CENTER.y}" r="${r}" fill="${fill}" stroke="#98a2b3" stroke-dasharray="3 4"/>`;
  return [
    ring(OUTER + 28, '#f9fafb'), ring(INNER + 26, '#fef3f2'),
  ];
}

const radiusOf = (a: AssetReach, heaviest: number, of: number): number => (5 + 9 * Math.sqrt(a.weight / Math.max(1, heaviest))) * Math.min(1, Math.max(0.45, 40 / of));

/** Assets around the agent, one sector for each class. */
function dots(b: BlastReport): string[] {
  const shown = b.assets.slice(0, DOTS);
  const heaviest = shown[0]?.weight ?? 1;
  const classes = [...new Set(shown.map((a) => a.assetClass))];
  const order = classes.flatMap((c) => shown.filter((a) => a.assetClass === c));
  const out: string[] = [];
  const labels: { angle: number; name: string }[] = [];
  let at = 0;
  for (const c of classes) {
    const n = order.filter((a) => a.assetClass === c).length;
    labels.push({ angle: angle(at + (n - 1) / 2, order.length), name: `${c}: ${b.assets.filter((a) => a.assetClass === c).length}` });
    at += n;
  }
  order.forEach((a, i) => {
    const inner = a.influence.length > 0;
    const turn = angle(i, order.length);
    // Neighbours of a crowded ring stand at two heights.
    const r = (inner ? INNER : OUTER) + (order.length > 24 ? (i % 2 ? 12 : -12) : 0);
    const [x, y] = [CENTER.x + r * Math.cos(turn), CENTER.y + r * Math.sin(turn)];
    out.push(`<line x1="${CENTER.x}" y1="${CENTER.y}" x2="${x.toFixed(1)}" y2="${y.toFixed(1)}" stroke="${inner ? '#fda29b' : '#d0d5dd'}" stroke-width="1"/>`);
  });
  const ringName = (y: number, name: string, fill: string): string => text(CENTER.x, y, name, `text-anchor="middle" fill="${fill}" font-size="11" stroke="#ffffff" stroke-width="3" paint-order="stroke"`);
  out.push(
    `<circle cx="${CENTER.x}" cy="${CENTER.y}" r="46" fill="#1d2939"/>`, text(CENTER.x, CENTER.y + 4, cut(showHoles(b.agent.name), 12), 'text-anchor="middle" fill="#ffffff" font-weight="600" font-size="11"'),
    ringName(CENTER.y - 56, 'influence', '#b42318'), ringName(CENTER.y - INNER - 36, 'code and credentials', '#475467'),
  );
  order.forEach((a, i) => {
    const turn = angle(i, order.length);
    const r = (a.influence.length > 0 ? INNER : OUTER) + (order.length > 24 ? (i % 2 ? 12 : -12) : 0);
    const [x, y] = [CENTER.x + r * Math.cos(turn), CENTER.y + r * Math.sin(turn)];
    out.push(`<circle cx="${x.toFixed(1)}" cy="${y.toFixed(1)}" r="${radiusOf(a, heaviest, order.length).toFixed(1)}" fill="${color(a.sensitivity)}"${a.verdict === 'proven' ? ' stroke="#ffffff"' : ' fill-opacity="0.55" stroke="#1d2939" stroke-dasharray="2 2"'}><title>${xml(`${showHoles(a.asset.name)}: ${[...new Set([...a.influence, ...a.credential])].join(', ')} (${a.sensitivity}, ${a.verdict})`)}</title></circle>`);
  });
  // Of crowded labels the first stays: classes come heaviest first.
  const written: number[] = [];
  for (const l of labels) {
    if (written.some((w) => Math.abs(w - l.angle) < 0.13)) continue;
    written.push(l.angle);
    const [x, y] = [CENTER.x + (OUTER + 40) * Math.cos(l.angle), CENTER.y + (OUTER + 40) * Math.sin(l.angle)];
    const anchor = Math.cos(l.angle) > 0.3 ? 'start' : Math.cos(l.angle) < -0.3 ? 'end' : 'middle';
    out.push(text(Math.max(24, Math.min(540, x)), y + 4, cut(l.name, 26), `text-anchor="${x < 90 ? 'start' : x > 480 ? 'end' : anchor}" font-size="11" fill="#344054"`));
  }
  return out;
}

/** Starts at the top, a little aside of the labels of the rings. */
const angle = (i: number, of: number): number => -Math.PI / 2 + 0.35 + (i / Math.max(1, of)) * (2 * Math.PI - 0.7) + (of === 1 ? 1 : 0);

function list(b: BlastReport): string[] {
  const x = 560;
  const out = [text(x, ROW_TOP - 18, 'Heaviest assets', 'font-weight="600" font-size="14"')];
  b.assets.slice(0, ROWS).forEach((a, i) => {
    const y = ROW_TOP + i * ROW;
    const side = a.influence.length > 0 ? `by influence: ${a.influence.join(', ')}` : `by credential only: ${a.credential.join(', ')}`;
    const extra = [a.environment === 'unknown' ? '' : a.environment, a.account === 'not known' ? '' : a.account, recoveryText(a)].filter((s) => s !== '').join(' · ');
    out.push(
      `<circle cx="${x + 7}" cy="${y - 1}" r="6" fill="${color(a.sensitivity)}"/>`,
      text(x + 22, y + 2, cut(showHoles(a.asset.name), 34), 'font-weight="600"'), text(x + 528, y + 2, cut(`${a.assetClass} · ${a.sensitivity}`, 40), 'text-anchor="end" fill="#475467" font-size="12"'),
      text(x + 22, y + 18, cut(`${side}${extra === '' ? '' : ` · ${extra}`}`, 88), 'fill="#475467" font-size="11"'),
    );
  });
  if (b.assets.length > ROWS) out.push(text(x + 22, ROW_TOP + ROWS * ROW, `and ${b.assets.length - ROWS} more`, 'fill="#475467"'));
  if (b.assets.length === 0) out.push(text(x, ROW_TOP + 8, 'Nothing is reached within what was read.', 'fill="#475467"'));
  return out;
}

function foot(b: BlastReport): string[] {
  const used = Object.entries(COLOR).filter(([s]) => b.assets.some((a) => a.sensitivity === s));
  let x = 32;
  const legend = used.flatMap(([s, c]) => { const at = x; x += 34 + s.length * 7; return [`<circle cx="${at + 6}" cy="716" r="6" fill="${c}"/>`, text(at + 18, 720, s, 'font-size="12"')]; });
  const lost = b.doesNotRecover.length > 0 ? `does not come back: ${b.doesNotRecover.slice(0, 4).map(showHoles).join(', ')}${b.doesNotRecover.length > 4 ? ` and ${b.doesNotRecover.length - 4} more` : ''}` : '';
  return [...legend, text(x + 6, 720, 'dashed: not proven; size: weight', 'font-size="12" fill="#475467"'), text(32, 744, cut([...excessLines(b), lost].filter((s) => s !== '').join('; '), 170), 'font-size="12" fill="#475467"')];
}
