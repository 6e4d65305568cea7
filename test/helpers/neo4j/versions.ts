/** The Neo4j versions that the conformance and query cases run on; the first one serves every other test. */
export interface Neo4jVersion {
  name: string;
  /** Of the artifact `org.neo4j:neo4j`, and of the container image `neo4j:<release>-community`. */
  release: string;
  /** Least Java that it starts on. */
  java: number;
  main: string;
  /** Settings that the others do not know: an unknown one ends the start. */
  settings: readonly string[];
}

export const VERSIONS: readonly [Neo4jVersion, ...Neo4jVersion[]] = [
  { name: '5.26', release: '5.26.30', java: 17, main: 'org.neo4j.server.CommunityEntryPoint', settings: [] },
  { name: '2026.08', release: '2026.08.1', java: 21, main: 'org.neo4j.server.Neo4jCommunity', settings: ['dbms.fleet_manager.enabled=false', 'server.fleet_discovery.enabled=false'] },
];

export function versionNamed(name: string): Neo4jVersion {
  const found = VERSIONS.find((v) => v.name === name);
  if (!found) throw new Error(`no Neo4j version ${name}: one of ${VERSIONS.map((v) => v.name).join(', ')}`);
  return found;
}
