// Peers on one socket: datagrams in, decrypted packets and events out, and back.
#pragma once

#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "dtls_session.h"
#include "udp_socket.h"

namespace parley {

using PeerId = std::uint32_t;

/** What a record in the arena for incoming data is; JavaScript reads these numbers. */
enum class RecordKind : std::uint32_t { stun = 0, packet = 1, connected = 2, ended = 3 };

/** Kind, peer and length of what follows, as 32-bit numbers of this machine; the next record begins at a multiple of four. */
constexpr std::size_t recordHeaderBytes = 12;
constexpr std::size_t longestPacketBytes = 1500;

class Engine {
 public:
  /** `sink` must outlive the engine. `inbound` receives records. */
  Engine(DatagramSink& sink, MutableBytes inbound);

  struct AddedPeer {
    PeerId id;
    std::array<std::uint8_t, sha256Bytes> fingerprint;
  };
  AddedPeer addPeer(DtlsRole role, PeerFingerprint fingerprint);
  /** Tells the peer if it is connected, and forgets it. */
  void removePeer(PeerId id);
  /** Takes datagrams of this path as the peer's, because it proved that it knows the password; `isSelected`: sends there. */
  void admit(PeerId id, const Path& path, bool isSelected);

  /** Takes datagrams that arrived. */
  void take(std::span<const Incoming> datagrams);
  /** Sends the packets in these records, which JavaScript wrote: peer, length, packet. */
  void sendRecords(Bytes records);
  void sendRaw(const Path& path, Bytes datagram);
  /** Repeats handshakes whose time has come. */
  void tick();

  /** Completes the records in the arena and returns their length; the next datagrams overwrite them. */
  std::size_t drain();
  std::size_t peerCount() const { return peers_.size(); }
  /** What an arena must have at least, so that a batch fits. */
  static constexpr std::size_t inboundBytes = 256 * 1024;

 private:
  struct Peer {
    PeerId id;
    std::unique_ptr<DtlsSession> dtls;
    std::unique_ptr<SrtpSession> srtp;
    std::vector<Path> paths;
    std::optional<Path> selected;
    bool isEnded = false;
  };
  struct Protected {
    std::array<std::uint8_t, longestPacketBytes + srtpOverheadBytes> bytes;
    std::size_t length;
    const Peer* peer;
  };

  Peer* find(PeerId id);
  void takeOne(const Incoming& datagram);
  void follow(Peer& peer);
  void append(RecordKind kind, PeerId peer, Bytes first, Bytes second = {});
  void announce(RecordKind kind, PeerId peer);
  void sendProtected();

  DatagramSink& sink_;
  MutableBytes inbound_;
  std::size_t written_ = 0;
  bool isTaking_ = false;
  DtlsSettings settings_;
  std::unordered_map<PeerId, std::unique_ptr<Peer>> peers_;
  std::unordered_map<RemoteEnd, PeerId, HashRemoteEnd> byEnd_;
  PeerId lastId_ = 0;
  struct Event {
    RecordKind kind;
    PeerId peer;
  };
  std::vector<Event> events_;
  std::vector<Protected> protected_;
  std::size_t protectedCount_ = 0;
  std::vector<const Protected*> order_;
  std::vector<Outgoing> outgoing_;
};

}  // namespace parley
