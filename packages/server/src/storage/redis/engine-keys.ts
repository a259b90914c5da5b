/** The keys of one cluster in its engine. They all begin with the cluster's name, so clusters can share an engine. */
export class EngineKeys {
  readonly #prefix: string;
  /** Everything that nodes tell each other, in one order: a stream. */
  readonly tail: string;
  /** Ids of all conferences, oldest first: a sorted set. */
  readonly conferences: string;
  /** Incarnations of nodes that other nodes declared dead, by time: a sorted set. */
  readonly dead: string;
  /** Registered nodes by incarnation: a hash of JSON. */
  readonly nodes: string;
  /** Which node owns which stream: a hash. */
  readonly owners: string;
  /** What is fixed for the cluster, such as the version of its data: a hash. */
  readonly cluster: string;

  constructor(clusterName: string) {
    this.#prefix = `${clusterName}:`;
    this.tail = this.of('tail');
    this.conferences = this.of('conferences');
    this.dead = this.of('dead');
    this.nodes = this.of('nodes');
    this.owners = this.of('owners');
    this.cluster = this.of('cluster');
  }

  of(...parts: readonly string[]): string {
    return this.#prefix + parts.join(':');
  }

  /** The head of a history: a hash with the creation event, version, bytes and checkpoints. */
  head(conferenceId: string): string {
    return this.of('head', conferenceId);
  }

  /** The events of a history: a stream in which the event with version v has the id (v + 1)-0. */
  events(conferenceId: string): string {
    return this.of('events', conferenceId);
  }

  /** The states of checkpoints by version: a hash of JSON. */
  states(conferenceId: string): string {
    return this.of('states', conferenceId);
  }

  /** Where the messages of a conference stand: a hash. */
  messagePlace(conferenceId: string): string {
    return this.of('message-place', conferenceId);
  }

  /** The kept messages of a conference: a stream in which the message with sequence s has the id s-0. */
  messages(conferenceId: string): string {
    return this.of('messages', conferenceId);
  }

  /** The sequence of each kept message, by sender and id: a hash. */
  messageIds(conferenceId: string): string {
    return this.of('message-ids', conferenceId);
  }

  /** The last message before each endpoint joined: a hash. */
  joinedAfter(conferenceId: string): string {
    return this.of('joined-after', conferenceId);
  }

  /** The stream and the user of each view, by viewer id: a hash of JSON. */
  viewerIds(conferenceId: string): string {
    return this.of('viewer-ids', conferenceId);
  }

  /** All values of a kind of records, by key: a hash of JSON. */
  records(name: string): string {
    return this.of('records', name);
  }

  /** Exists while a node is alive. */
  lease(incarnation: string): string {
    return this.of('lease', incarnation);
  }
}
