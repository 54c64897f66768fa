// What the server answers; the schemas are in docs/json/.

export interface Session {
  investigation: { id: string; title: string; agency: string | null; division: string | null };
  purpose: string;
  workspace: string;
  version: string;
  cutoff: string | null;
  records: Brief['records'];
  audit: { entries: number; head: string };
}

export interface Counts {
  seen: number;
  kept: number;
  duplicate: number;
  held: number;
  rejected: number;
  facts: number;
  problems: number;
}

export interface Source extends Counts {
  source: number;
  path: string;
  reader: string | null;
  authority: string;
  state: string;
  exhibit: string;
  sha256: string;
  closes: boolean;
}

export interface Ledger {
  n: number;
  sources: Source[];
  totals: Counts;
  closes: boolean;
  open: number;
}

export interface Problem {
  path: string;
  reader: string | null;
  kind: string;
  locator: string;
  reason: string;
  records: number;
}

export interface Problems {
  problems: Problem[];
  total: number;
}

export interface Figure {
  place: string;
  name: string;
  value: number | string | null;
  unit: string;
  qualifier: string;
  rows: string[];
  rule: string | null;
  low: number | string | null;
  high: number | string | null;
  note?: string;
  inference?: boolean;
}

export interface Rollup {
  figures: Figure[];
  set_aside: { row: string; because: string; kept: string }[];
  notes: { row: string; because: string }[];
  rules: { rule: string; title: string; period: string; basis: string; inference: boolean; source: string; chosen: boolean }[];
  caution: string;
}

export interface KeyRow {
  k: number;
  account: number;
  identifier: string;
  standing: string;
  degree: number;
  betweenness: number;
  largest_after: number;
  pairs_after: number;
  contacts: number;
  rank_range: [number, number] | null;
}

export interface Components {
  sentence: string;
  method: string;
  rows: KeyRow[];
}

export interface NetworkSize {
  accounts: number;
  pairs: number;
  contacts: number;
  components: number;
  largest: number;
  left_out: number;
  exhibits: { exhibit: string; name: string; pairs: number; contacts: number }[];
}

export interface Warning {
  code: string;
  text: string;
}

export interface Brief {
  investigation: Session['investigation'];
  cutoff: string | null;
  records: { events: number; local: number; undated: number; first: string | null; last: string | null };
  occurrences: { occurrences: number; records: number; attempts: number; voicemails: number; forwards: number; current: boolean };
  ledger: Ledger;
  problems: number;
  totals: Rollup;
  network: NetworkSize;
  key_components: Components;
  warnings: Warning[];
}

export interface Hit {
  event: number;
  thread: number;
  kind: string;
  time: string | null;
  quality: string;
  platform: string;
  flags: string[];
  from: string;
  to: string;
  text: string;
  detail: string;
  why?: string;
  exhibit: string;
  source: string;
  locator: string;
  authority: string;
  duration_s: number | null;
}

export interface IdentifierHit {
  account: number;
  platform: string;
  type: string;
  value: string;
  name: string;
  id: string;
  basis: string;
  exhibit: string;
  source: string;
  locator: string;
  authority: string;
}

export interface SearchAnswer {
  hits: Hit[];
  total: number;
  identifiers: IdentifierHit[];
  identifiers_total: number;
}

export interface ThreadRow {
  thread: number;
  platform: string;
  kind: string;
  title: string;
  source: string;
  events: number;
  first: string | null;
  last: string | null;
}

export interface Threads {
  threads: ThreadRow[];
  total: number;
}

export interface ThreadAnswer {
  thread: ThreadRow;
  offset: number;
  events: Hit[];
  total: number;
}

export interface Contact {
  with: string;
  direction: 'out' | 'in';
  kind: string;
  month: string | null;
  contacts: number;
  records: number;
  authority: string;
  source: number;
  exhibit: string;
  exhibit_name: string;
  first: string | null;
  last: string | null;
}

export interface Contacts {
  identifier: string;
  contacts: Contact[];
  total: number;
}
