#include "engine.h"

#include <cstring>

namespace parley {

namespace {

/** A browser on several networks with relays has fewer. */
constexpr std::size_t mostPaths = 16;
constexpr std::size_t sendBatch = 64;
constexpr std::size_t sendHeaderBytes = 8;

/** How RFC 7983 tells protocols on one socket apart. */
enum class Protocol { stun, dtls, srtp, unknown };

Protocol protocolOf(Bytes datagram) {
  const std::uint8_t first = datagram.empty() ? 0xff : datagram[0];
  if (first < 4) return Protocol::stun;
  if (first >= 20 && first < 64) return Protocol::dtls;
  if (first >= 128 && first < 192) return Protocol::srtp;
  return Protocol::unknown;
}

std::uint32_t readNumber(Bytes bytes, std::size_t at) {
  std::uint32_t value = 0;
  std::memcpy(&value, bytes.subspan(at, sizeof value).data(), sizeof value);
  return value;
}

void writeNumber(MutableBytes bytes, std::size_t at, std::uint32_t value) {
  std::memcpy(bytes.subspan(at, sizeof value).data(), &value, sizeof value);
}

std::size_t aligned(std::size_t length) { return (length + 3) & ~std::size_t{3}; }

}  // namespace

Engine::Engine(DatagramSink& sink, MutableBytes inbound) : sink_(sink), inbound_(inbound), protected_(sendBatch) {
  if (inbound.size() < inboundBytes) throw std::invalid_argument("The arena for incoming data is too small.");
  order_.reserve(sendBatch);
  outgoing_.reserve(sendBatch);
}

Engine::AddedPeer Engine::addPeer(DtlsRole role, PeerFingerprint fingerprint) {
  lastId_ += 1;
  auto peer = std::make_unique<Peer>();
  Peer* added = peer.get();
  added->id = lastId_;
  added->dtls = std::make_unique<DtlsSession>(settings_, role, std::move(fingerprint), [this, added](Bytes datagram) {
    if (!added->selected) return;
    const Outgoing outgoing{datagram, &*added->selected};
    sink_.send({&outgoing, 1});
  });
  peers_.emplace(added->id, std::move(peer));
  return {added->id, added->dtls->fingerprint()};
}

void Engine::removePeer(PeerId id) {
  Peer* peer = find(id);
  if (peer == nullptr) return;
  peer->dtls->close();
  for (const Path& path : peer->paths) {
    const auto owner = byEnd_.find(RemoteEnd(path));
    if (owner != byEnd_.end() && owner->second == id) byEnd_.erase(owner);
  }
  peers_.erase(id);
}

void Engine::admit(PeerId id, const Path& path, bool isSelected) {
  Peer* peer = find(id);
  if (peer == nullptr) return;
  const RemoteEnd end(path);
  const auto known = std::find_if(peer->paths.begin(), peer->paths.end(),
                                  [&](const Path& one) { return RemoteEnd(one) == end; });
  if (known == peer->paths.end()) {
    if (peer->paths.size() >= mostPaths) {
      // The oldest one goes, unless packets are sent there.
      const auto oldest = std::find_if(peer->paths.begin(), peer->paths.end(), [&](const Path& one) {
        return !peer->selected || !(RemoteEnd(one) == RemoteEnd(*peer->selected));
      });
      const auto owner = byEnd_.find(RemoteEnd(*oldest));
      if (owner != byEnd_.end() && owner->second == id) byEnd_.erase(owner);
      peer->paths.erase(oldest);
    }
    peer->paths.push_back(path);
  }
  byEnd_[end] = id;
  if (!isSelected && peer->selected) return;
  const bool isFirst = !peer->selected;
  peer->selected = path;
  if (isFirst) {
    peer->dtls->start();
    follow(*peer);
  }
}

void Engine::take(std::span<const Incoming> datagrams) {
  isTaking_ = true;
  for (const Incoming& datagram : datagrams) takeOne(datagram);
  isTaking_ = false;
}

void Engine::takeOne(const Incoming& datagram) {
  const Protocol protocol = protocolOf(datagram.bytes);
  if (protocol == Protocol::unknown) return;
  if (protocol == Protocol::stun) {
    std::array<std::uint8_t, Path::recordBytes> path{};
    datagram.path.writeTo(path);
    append(RecordKind::stun, 0, path, datagram.bytes);
    return;
  }
  const auto owner = byEnd_.find(RemoteEnd(datagram.path));
  Peer* peer = owner == byEnd_.end() ? nullptr : find(owner->second);
  if (peer == nullptr || peer->isEnded) return;
  if (protocol == Protocol::dtls) {
    peer->dtls->receive(datagram.bytes);
    follow(*peer);
  } else if (peer->srtp) {
    const std::size_t length = peer->srtp->unprotect(datagram.bytes);
    if (length > 0) append(RecordKind::packet, peer->id, datagram.bytes.first(length));
  }
}

void Engine::follow(Peer& peer) {
  if (peer.isEnded) return;
  if (peer.dtls->state() == DtlsSession::State::connected && !peer.srtp) {
    peer.srtp = peer.dtls->createSrtp();
    // Without a profile in common, no media can flow.
    if (peer.srtp) {
      announce(RecordKind::connected, peer.id);
    } else {
      peer.dtls->close();
    }
  }
  if (peer.dtls->state() == DtlsSession::State::ended) {
    peer.isEnded = true;
    announce(RecordKind::ended, peer.id);
  }
}

void Engine::announce(RecordKind kind, PeerId peer) {
  // In its place among the packets if there is room, and never lost. JavaScript may be reading the arena at other times.
  if (isTaking_ && events_.empty() && inbound_.size() - written_ >= recordHeaderBytes) {
    append(kind, peer, {});
  } else {
    events_.push_back({kind, peer});
  }
}

void Engine::sendRecords(Bytes records) {
  std::size_t at = 0;
  while (at + sendHeaderBytes <= records.size()) {
    const PeerId id = readNumber(records, at);
    const std::size_t length = readNumber(records, at + 4);
    at += sendHeaderBytes;
    if (length > records.size() - at) break;
    const Peer* peer = find(id);
    if (peer != nullptr && peer->srtp && peer->selected && !peer->isEnded && length <= longestPacketBytes) {
      Protected& slot = protected_[protectedCount_];
      copyBytes(records.subspan(at, length), slot.bytes);
      slot.length = peer->srtp->protect(slot.bytes, length);
      slot.peer = peer;
      if (slot.length > 0) protectedCount_ += 1;
      if (protectedCount_ == protected_.size()) sendProtected();
    }
    at += std::min(aligned(length), records.size() - at);
  }
  sendProtected();
}

void Engine::sendProtected() {
  order_.clear();
  for (const Protected& slot : std::span(protected_).first(protectedCount_)) order_.push_back(&slot);
  // Packets of one peer go together, in their order, so that they can leave in one call.
  std::stable_sort(order_.begin(), order_.end(),
                   [](const Protected* one, const Protected* other) { return one->peer->id < other->peer->id; });
  outgoing_.clear();
  for (const Protected* slot : order_) {
    outgoing_.push_back({Bytes(slot->bytes).first(slot->length), &*slot->peer->selected});
  }
  protectedCount_ = 0;
  if (!outgoing_.empty()) sink_.send(outgoing_);
}

void Engine::sendRaw(const Path& path, Bytes datagram) {
  const Outgoing outgoing{datagram, &path};
  sink_.send({&outgoing, 1});
}

void Engine::tick() {
  for (const auto& [id, peer] : peers_) {
    if (peer->isEnded || peer->dtls->state() != DtlsSession::State::handshaking) continue;
    peer->dtls->tick();
    follow(*peer);
  }
}

void Engine::append(RecordKind kind, PeerId peer, Bytes first, Bytes second) {
  const std::size_t length = first.size() + second.size();
  const std::size_t total = recordHeaderBytes + aligned(length);
  // A batch always fits; only a caller that does not drain loses data.
  if (inbound_.size() - written_ < total) return;
  writeNumber(inbound_, written_, static_cast<std::uint32_t>(kind));
  writeNumber(inbound_, written_ + 4, peer);
  writeNumber(inbound_, written_ + 8, static_cast<std::uint32_t>(length));
  copyBytes(first, inbound_.subspan(written_ + recordHeaderBytes, first.size()));
  copyBytes(second, inbound_.subspan(written_ + recordHeaderBytes + first.size(), second.size()));
  written_ += total;
}

std::size_t Engine::drain() {
  std::size_t taken = 0;
  for (const Event& event : events_) {
    if (inbound_.size() - written_ < recordHeaderBytes) break;
    append(event.kind, event.peer, {});
    taken += 1;
  }
  events_.erase(events_.begin(), events_.begin() + static_cast<std::ptrdiff_t>(taken));
  const std::size_t length = written_;
  written_ = 0;
  return length;
}

Engine::Peer* Engine::find(PeerId id) {
  const auto found = peers_.find(id);
  return found == peers_.end() ? nullptr : found->second.get();
}

}  // namespace parley
