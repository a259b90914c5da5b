import { createHash } from 'node:crypto';

/** A Lua script that the engine executes as one step. */
export interface EngineScript {
  readonly text: string;
  readonly sha: string;
}

function script(text: string): EngineScript {
  return { text, sha: createHash('sha1').update(text).digest('hex') };
}

/** How many entries the tail keeps, about. A node that was away for longer reads everything again. */
const tailLength = 100_000;

/** Tells all nodes: `told(tail, from, ...)`. */
const tell = `
local function tell(tail, from, ...)
  redis.call('XADD', tail, 'MAXLEN', '~', '${tailLength}', '*', 'f', from, ...)
end
`;

/** Rejects a node that other nodes declared dead. `dead` and `from` are arguments that every such script has. */
const fence = `
local function isFenced(dead, from)
  return redis.call('ZSCORE', dead, from)
end
`;

/** Keys: head, conferences, tail, dead. Arguments: from, conference id, creation event, number of milliseconds. */
export const beginScript: EngineScript = script(`${tell}${fence}
if isFenced(KEYS[4], ARGV[1]) then return redis.error_reply('FENCED other nodes declared this one dead') end
if redis.call('EXISTS', KEYS[1]) == 1 then return 0 end
redis.call('HSET', KEYS[1], 'created', ARGV[3], 'version', '0', 'bytes', '0', 'first', '0')
redis.call('ZADD', KEYS[2], ARGV[4], ARGV[2])
tell(KEYS[3], ARGV[1], 't', 'log', 'n', ARGV[2], 'v', '0')
return 1
`);

/**
 * Compares the version, checks that the node is alive, adds all events or none, and wakes all nodes.
 * Keys: head, events, tail, dead, joined-after, message-place. Arguments: from, conference id, expected version, number of
 * joining endpoints, these endpoints, events. Returns the bytes of all events and the checkpoints, or nil.
 */
export const appendScript: EngineScript = script(`${tell}${fence}
if isFenced(KEYS[4], ARGV[1]) then return redis.error_reply('FENCED other nodes declared this one dead') end
if redis.call('HGET', KEYS[1], 'version') ~= ARGV[3] then return false end
local version = tonumber(ARGV[3])
local joining = tonumber(ARGV[4])
local last = redis.call('HGET', KEYS[6], 'last') or '0'
for index = 5, 4 + joining do redis.call('HSET', KEYS[5], ARGV[index], last) end
local bytes = 0
for index = 5 + joining, #ARGV do
  version = version + 1
  redis.call('XADD', KEYS[2], version .. '-0', 'e', ARGV[index])
  bytes = bytes + #ARGV[index]
end
redis.call('HSET', KEYS[1], 'version', version)
local total = redis.call('HINCRBY', KEYS[1], 'bytes', bytes)
tell(KEYS[3], ARGV[1], 't', 'log', 'n', ARGV[2], 'v', tostring(version))
return {total, redis.call('HGET', KEYS[1], 'checkpoints')}
`);

/**
 * Keys: head, events. Arguments: first version or '', most bytes or ''. Returns the version, the creation event if the whole
 * history was requested, and events; nil without a history.
 */
export const readScript: EngineScript = script(`
local head = redis.call('HMGET', KEYS[1], 'created', 'version')
if not head[1] then return false end
local answer = {head[2]}
local from = 0
if ARGV[1] == '' then answer[2] = head[1] else answer[2] = ''; from = tonumber(ARGV[1]) end
if from >= tonumber(head[2]) then return answer end
local most = tonumber(ARGV[2])
local bytes = 0
local start = (from + 1) .. '-0'
while true do
  local entries = redis.call('XRANGE', KEYS[2], start, '+', 'COUNT', 100)
  for _, entry in ipairs(entries) do
    local event = entry[2][2]
    bytes = bytes + #event
    if most and (#answer > 2 or answer[2] ~= '') and bytes > most then return answer end
    answer[#answer + 1] = event
    start = '(' .. entry[1]
  end
  if #entries < 100 then return answer end
end
`);

/** Keys: head, events, states. Returns the creation event, the last checkpoint's state or '', and the events after it. */
export const loadScript: EngineScript = script(`
local head = redis.call('HMGET', KEYS[1], 'created', 'version', 'checkpoints')
if not head[1] then return false end
local from = 0
local state = ''
if head[3] then
  local checkpoints = cjson.decode(head[3])
  from = checkpoints[#checkpoints].version
  state = redis.call('HGET', KEYS[3], tostring(from)) or ''
end
local answer = {head[1], head[2], state}
for _, entry in ipairs(redis.call('XRANGE', KEYS[2], (from + 1) .. '-0', '+')) do
  answer[#answer + 1] = entry[2][2]
end
return answer
`);

/**
 * Keys: head, events, states. Arguments: expected checkpoints or '', checkpoints, version, state, number of dropped events, then
 * the versions of dropped states.
 */
export const checkpointScript: EngineScript = script(`
local former = redis.call('HMGET', KEYS[1], 'checkpoints', 'version')
if (former[1] or '') ~= ARGV[1] or not former[2] then return 0 end
redis.call('HSET', KEYS[1], 'checkpoints', ARGV[2], 'first', ARGV[5])
redis.call('HSET', KEYS[3], ARGV[3], ARGV[4])
for index = 6, #ARGV do redis.call('HDEL', KEYS[3], ARGV[index]) end
redis.call('XTRIM', KEYS[2], 'MINID', (tonumber(ARGV[5]) + 1) .. '-0')
return 1
`);

/** Keys: tail, conferences, and those to delete. Arguments: from, conference id. */
export const forgetScript: EngineScript = script(`${tell}
for index = 3, #KEYS do redis.call('DEL', KEYS[index]) end
redis.call('ZREM', KEYS[2], ARGV[2])
tell(KEYS[1], ARGV[1], 't', 'gone', 'n', ARGV[2])
return 1
`);

/** Keys: hash, tail. Arguments: from, name, key, value; without a value, it deletes the key. */
export const putScript: EngineScript = script(`${tell}
if ARGV[4] then
  redis.call('HSET', KEYS[1], ARGV[3], ARGV[4])
  tell(KEYS[2], ARGV[1], 't', 'put', 'n', ARGV[2], 'k', ARGV[3], 'v', ARGV[4])
else
  redis.call('HDEL', KEYS[1], ARGV[3])
  tell(KEYS[2], ARGV[1], 't', 'del', 'n', ARGV[2], 'k', ARGV[3])
end
return 1
`);

/** Keys: tail. Arguments: from, channel, message. */
export const sayScript: EngineScript = script(`${tell}
tell(KEYS[1], ARGV[1], 't', 'say', 'n', ARGV[2], 'v', ARGV[3])
return 1
`);

/**
 * Keys: owners, tail, dead. Arguments: from, stream. Returns the owner afterwards: the caller, unless a node that is not dead
 * owns the stream.
 */
export const claimStreamScript: EngineScript = script(`${tell}${fence}
if isFenced(KEYS[3], ARGV[1]) then return redis.error_reply('FENCED other nodes declared this one dead') end
local owner = redis.call('HGET', KEYS[1], ARGV[2])
if owner and owner ~= ARGV[1] and not redis.call('ZSCORE', KEYS[3], owner) then return owner end
redis.call('HSET', KEYS[1], ARGV[2], ARGV[1])
tell(KEYS[2], ARGV[1], 't', 'own', 'k', ARGV[2], 'v', ARGV[1])
return ARGV[1]
`);

/**
 * Keys: owners, tail, dead, nodes. Arguments: from, stream. As {@link claimStreamScript}, but also takes the stream of a node that is
 * about to leave.
 */
export const takeStreamOverScript: EngineScript = script(`${tell}${fence}
if isFenced(KEYS[3], ARGV[1]) then return redis.error_reply('FENCED other nodes declared this one dead') end
local owner = redis.call('HGET', KEYS[1], ARGV[2])
if owner and owner ~= ARGV[1] and not redis.call('ZSCORE', KEYS[3], owner) then
  local node = redis.call('HGET', KEYS[4], owner)
  if node and not cjson.decode(node).isDraining then return owner end
end
redis.call('HSET', KEYS[1], ARGV[2], ARGV[1])
tell(KEYS[2], ARGV[1], 't', 'own', 'k', ARGV[2], 'v', ARGV[1])
return ARGV[1]
`);

/** Keys: owners, tail. Arguments: from, stream, owner. Releases the stream if that is its owner. */
export const releaseStreamScript: EngineScript = script(`${tell}
if redis.call('HGET', KEYS[1], ARGV[2]) ~= ARGV[3] then return 0 end
redis.call('HDEL', KEYS[1], ARGV[2])
tell(KEYS[2], ARGV[1], 't', 'free', 'k', ARGV[2])
return 1
`);

/**
 * Keys: viewer ids, owners. Arguments: viewer id, stream, user. Returns the stream and user that have the id instead, or nil: an id
 * is free when nobody owns its stream any more.
 */
export const claimViewerIdScript: EngineScript = script(`
local former = redis.call('HGET', KEYS[1], ARGV[1])
if former then
  local stream = cjson.decode(former)[1]
  if stream ~= ARGV[2] and redis.call('HEXISTS', KEYS[2], stream) == 1 then return former end
end
redis.call('HSET', KEYS[1], ARGV[1], cjson.encode({ARGV[2], ARGV[3]}))
return false
`);

/**
 * Keys: viewer ids, owners. Arguments: viewer id, stream, from. Releases the id if it is that stream's, unless the view has moved with
 * the stream to another node.
 */
export const releaseViewerIdScript: EngineScript = script(`
local former = redis.call('HGET', KEYS[1], ARGV[1])
if not former or cjson.decode(former)[1] ~= ARGV[2] then return 0 end
local owner = redis.call('HGET', KEYS[2], ARGV[2])
if owner and owner ~= ARGV[3] then return 0 end
return redis.call('HDEL', KEYS[1], ARGV[1])
`);

/**
 * Keys: lease, nodes, dead. Arguments: incarnation, milliseconds, the node as JSON. Returns the time of the engine, or nil if
 * the incarnation was declared dead.
 */
export const renewScript: EngineScript = script(`${fence}
if isFenced(KEYS[3], ARGV[1]) then return false end
redis.call('SET', KEYS[1], '1', 'PX', ARGV[2])
redis.call('HSET', KEYS[2], ARGV[1], ARGV[3])
return redis.call('TIME')
`);

/** Keys: lease, nodes, dead, tail. Arguments: from, incarnation. Declares an incarnation dead whose lease ran out. */
export const declareDeadScript: EngineScript = script(`${tell}
if redis.call('EXISTS', KEYS[1]) == 1 or redis.call('HEXISTS', KEYS[2], ARGV[2]) == 0 then return 0 end
local now = redis.call('TIME')
redis.call('ZADD', KEYS[3], now[1], ARGV[2])
redis.call('HDEL', KEYS[2], ARGV[2])
tell(KEYS[4], ARGV[1], 't', 'dead', 'n', ARGV[2])
return 1
`);

/** Keys: lease, nodes, dead, tail. Arguments: incarnation. Ends an incarnation that leaves by itself. */
export const leaveScript: EngineScript = script(`${tell}
redis.call('DEL', KEYS[1])
redis.call('HDEL', KEYS[2], ARGV[1])
local now = redis.call('TIME')
redis.call('ZADD', KEYS[3], now[1], ARGV[1])
tell(KEYS[4], ARGV[1], 't', 'dead', 'n', ARGV[1])
return 1
`);

/**
 * Keys: place, messages, ids, tail. Arguments: from, conference id, expected last sequence, then the new last, dropped, bytes
 * and dropped JSON, the number of new messages, [sequence, id key, text] of each, and the id keys of dropped messages.
 */
export const appendMessagesScript: EngineScript = script(`${tell}
if (redis.call('HGET', KEYS[1], 'last') or '0') ~= ARGV[3] then return 0 end
redis.call('HSET', KEYS[1], 'last', ARGV[4], 'dropped', ARGV[5], 'bytes', ARGV[6], 'droppedFor', ARGV[7])
local index = 9
for _ = 1, tonumber(ARGV[8]) do
  redis.call('XADD', KEYS[2], ARGV[index] .. '-0', 'm', ARGV[index + 2])
  redis.call('HSET', KEYS[3], ARGV[index + 1], ARGV[index])
  index = index + 3
end
for dropped = index, #ARGV do redis.call('HDEL', KEYS[3], ARGV[dropped]) end
redis.call('XTRIM', KEYS[2], 'MINID', (tonumber(ARGV[5]) + 1) .. '-0')
tell(KEYS[4], ARGV[1], 't', 'say', 'n', 'messages', 'v', cjson.encode(ARGV[2]))
return 1
`);

export const allScripts: readonly EngineScript[] = [
  beginScript,
  appendScript,
  readScript,
  loadScript,
  checkpointScript,
  forgetScript,
  putScript,
  sayScript,
  claimStreamScript,
  takeStreamOverScript,
  releaseStreamScript,
  claimViewerIdScript,
  releaseViewerIdScript,
  renewScript,
  declareDeadScript,
  leaveScript,
  appendMessagesScript,
];
