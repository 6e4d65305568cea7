import type { Express } from 'express';

/** Ready questions of the page; each is run by the tests against the schema. */
export const READY: readonly { title: string; query: string }[] = [
  { title: 'Worst paths', query: '{ findings(first: 5) { totalCount nodes { title severity verdict score { value why } path { start { says } hops { fact says verdict node { name definedAt { file startLine } } evidence { source { file startLine } text } } } } } }' },
  { title: 'Agents and their reach', query: '{ agents { nodes { agent { name } platform exposure { internet auth } tools { tool { name } toolClass effects identity { name } } stores { store { name } effects sensitivity } definedAt { file startLine } } } }' },
  { title: 'Who can become admin', query: '{ principals { nodes { identity { name } isAdmin { value } canBecomeAdmin { value verdict steps { technique from { name } to { name } permissions } } } } }' },
  { title: 'What does this line cause?', query: '{ definedAt(file: "main.tf", line: 1) { totalCount nodes { title severity } } }' },
  { title: 'Decide these first', query: '{ undecided { what findings settleBy source { file startLine } } }' },
  { title: 'What was not read', query: '{ missingLayers coverage { nodes { input source status resources problems { code message source { file startLine } } } } }' },
];

const PAGE = `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Overreach GraphQL</title><link rel="icon" href="data:,"><link rel="stylesheet" href="/explorer.css"></head>
<body><h1>Overreach</h1><nav id="ready" aria-label="Ready queries"></nav><form id="f"><label for="t">Access token, where the service asks for one</label><input id="t" type="password" autocomplete="off"><label for="q">Query</label><textarea id="q" spellcheck="false"></textarea><button>Run</button></form><label for="a">Answer</label><pre id="a" tabindex="0"></pre><script src="/explorer.js"></script></body></html>`;
const CSS = 'body{font:15px/1.4 system-ui,sans-serif;margin:1.5rem;max-width:80rem;color:#1b1f24;background:#fff}nav button{margin:0 .4rem .4rem 0}label,input{display:block;margin-bottom:.4rem}input{width:30rem;max-width:100%;font:inherit}textarea{display:block;width:100%;height:14rem;font:13px/1.4 ui-monospace,monospace}pre{background:#f4f5f7;padding:1rem;overflow:auto;max-height:40rem}button{font:inherit;padding:.3rem .8rem}';
const SCRIPT = `const ready=${JSON.stringify(READY)};const q=document.getElementById('q'),a=document.getElementById('a'),t=document.getElementById('t'),nav=document.getElementById('ready');
async function run(){a.textContent='…';const r=await fetch('/graphql',{method:'POST',headers:{'content-type':'application/json',...(t.value?{authorization:'Bearer '+t.value}:{})},body:JSON.stringify({query:q.value})});a.textContent=JSON.stringify(await r.json(),null,2)}
for(const x of ready){const b=document.createElement('button');b.type='button';b.textContent=x.title;b.onclick=()=>{q.value=x.query;run()};nav.append(b)}
q.value=ready[0].query;document.getElementById('f').onsubmit=e=>{e.preventDefault();run()};`;

/** A small page at GET /graphql that needs nothing from elsewhere. */
export function explorerPage(app: Express): void {
  app.get('/graphql', (req, res, next) => { if (req.accepts(['json', 'html']) === 'html') res.type('html').send(PAGE); else next(); });
  app.get('/explorer.css', (_, res) => { res.type('css').send(CSS); });
  app.get('/explorer.js', (_, res) => { res.type('js').send(SCRIPT); });
}
