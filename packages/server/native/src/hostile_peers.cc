// A test program: an engine under forged, changed, repeated and cut datagrams of every kind, and under handshakes that are
// never finished, with the compiler's checks of memory and behaviour. Run it as `hostile_peers <datagrams> <seed>`.
// Ends with 1 when a forged packet was accepted, a good one was not, or memory grew.

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <random>
#include <utility>

#include "engine.h"

/** The sanitizer runtime's count of memory in use; its header is in a package of its own. */
extern "C" std::size_t __sanitizer_get_current_allocated_bytes();

namespace parley {

namespace {

using Buffer = std::vector<std::uint8_t>;

/** Peers that share an engine, as many as a busy server has handshakes. */
constexpr std::size_t crowd = 40;
constexpr std::size_t keptDatagrams = 512;
/** Above what tables of the standard library grow by, far below what a leak per peer or datagram would be. */
constexpr std::size_t mostGrowthBytes = 1 << 20;

class Network final : public DatagramSink {
 public:
  void send(std::span<const Outgoing> datagrams) override {
    for (const Outgoing& one : datagrams) sent.emplace_back(one.path->port, Buffer(one.bytes.begin(), one.bytes.end()));
  }
  std::deque<std::pair<std::uint16_t, Buffer>> sent;
};

struct Figures {
  unsigned long handshakes = 0, half = 0, accepted = 0, forged = 0, stun = 0, ended = 0;
};

class Test {
 public:
  explicit Test(unsigned int seed) : random_(seed), arena_(Engine::inboundBytes), engine_(network_, arena_) {}

  void run(unsigned long datagrams) {
    std::size_t settledBytes = 0;
    for (unsigned long count = 0; count < datagrams; count += 1) {
      if (clients_.size() < crowd || below(200) == 0) replaceOne();
      attack();
      if (count % 64 == 0) engine_.tick();
      read();
      if (count == datagrams / 2) settledBytes = idleBytes();
    }
    const std::size_t finalBytes = idleBytes();
    std::printf("%lu datagrams: %lu whole and %lu half handshakes, %lu good packets, %lu forged accepted, %lu STUN, %lu ended, "
                "%zu then %zu bytes\n",
                datagrams, figures_.handshakes, figures_.half, figures_.accepted, figures_.forged, figures_.stun,
                figures_.ended, settledBytes, finalBytes);
    if (figures_.handshakes == 0 || figures_.half == 0 || figures_.accepted == 0) fail("Not everything was tried.");
    if (figures_.forged > 0) fail("A forged packet was accepted.");
    if (finalBytes > settledBytes + mostGrowthBytes) fail("Memory grew.");
  }

 private:
  struct Client {
    std::unique_ptr<DtlsSession> dtls;
    std::unique_ptr<SrtpSession> srtp;
    PeerId id = 0;
    Path path;
    std::vector<Buffer> sent;
    std::uint16_t sequenceNumber = 0;
  };

  [[noreturn]] static void fail(const char* what) {
    std::fprintf(stderr, "%s\n", what);
    std::exit(1);
  }

  std::size_t below(std::size_t limit) { return std::uniform_int_distribution<std::size_t>(0, limit - 1)(random_); }

  /** Memory in use without peers. */
  std::size_t idleBytes() {
    while (!clients_.empty()) removeOne(0);
    corpus_.clear();
    corpus_.shrink_to_fit();
    if (engine_.peerCount() != 0) fail("A peer is left.");
    network_.sent.clear();
    network_.sent.shrink_to_fit();
    return __sanitizer_get_current_allocated_bytes();
  }

  void removeOne(std::size_t index) {
    engine_.removePeer(clients_[index]->id);
    clients_.erase(clients_.begin() + static_cast<std::ptrdiff_t>(index));
  }

  void replaceOne() {
    if (clients_.size() >= crowd) removeOne(below(clients_.size()));
    auto client = std::make_unique<Client>();
    Client* owner = client.get();
    const auto keep = [owner](Bytes datagram) { owner->sent.emplace_back(datagram.begin(), datagram.end()); };
    client->dtls = std::make_unique<DtlsSession>(settings_, DtlsRole::client,
                                                 PeerFingerprint{"sha-256", Buffer(sha256Bytes)}, keep);
    const auto& own = client->dtls->fingerprint();
    const auto added = engine_.addPeer(DtlsRole::server, {"sha-256", {own.begin(), own.end()}});
    client->dtls->expect({"sha-256", {added.fingerprint.begin(), added.fingerprint.end()}});
    client->id = added.id;
    lastPort_ += 1;
    client->path.port = lastPort_;
    client->path.remote = mapped(in_addr{htonl(INADDR_LOOPBACK)});
    engine_.admit(client->id, client->path, below(2) == 0);
    const bool isWhole = below(2) == 0;
    shakeHands(*client, isWhole ? 20 : below(4));
    if (client->dtls->state() == DtlsSession::State::connected) {
      client->srtp = client->dtls->createSrtp();
      figures_.handshakes += 1;
      exchange(*client);
    } else {
      if (isWhole) fail("A good handshake did not succeed.");
      figures_.half += 1;
    }
    clients_.push_back(std::move(client));
  }

  void shakeHands(Client& client, std::size_t flights) {
    client.dtls->start();
    for (std::size_t flight = 0; flight < flights; flight += 1) {
      for (Buffer& datagram : std::exchange(client.sent, {})) {
        remember(datagram);
        feed(datagram, client.path);
      }
      for (auto& [port, datagram] : std::exchange(network_.sent, {})) {
        remember(datagram);
        if (port == client.path.port) client.dtls->receive(datagram);
      }
    }
  }

  /** Good packets in both directions must arrive. */
  void exchange(Client& client) {
    for (int count = 0; count < 3; count += 1) {
      const Buffer sealed = sealedPacket(client, below(4) == 0);
      read();
      const unsigned long before = figures_.accepted;
      Buffer copy = sealed;
      isGood_ = true;
      feed(copy, client.path);
      read();
      isGood_ = false;
      if (figures_.accepted != before + 1) fail("A good packet was not accepted.");
      remember(sealed);
    }
  }

  Buffer sealedPacket(Client& client, bool isRtcp) {
    Buffer packet(12 + below(1200) + srtpOverheadBytes);
    packet[0] = 0x80;
    packet[1] = isRtcp ? 200 : 96;
    client.sequenceNumber += 1;
    if (!isRtcp) packet[3] = static_cast<std::uint8_t>(client.sequenceNumber);
    packet[11] = 7;
    packet.resize(client.srtp->protect(packet, packet.size() - srtpOverheadBytes));
    return packet;
  }

  void remember(const Buffer& datagram) {
    if (corpus_.size() < keptDatagrams) {
      corpus_.push_back(datagram);
    } else {
      corpus_[below(keptDatagrams)] = datagram;
    }
  }

  void attack() {
    Client& client = *clients_[below(clients_.size())];
    if (corpus_.empty() || below(20) == 0) {
      Buffer noise(below(1500));
      for (std::uint8_t& byte : noise) byte = static_cast<std::uint8_t>(random_());
      const std::uint8_t firsts[] = {0, 1, 20, 21, 22, 23, 25, 63, 128, 144, 191};
      if (!noise.empty() && below(4) != 0) noise[0] = firsts[below(sizeof firsts)];
      feed(noise, client.path);
      return;
    }
    if (below(50) == 0) return attackOutgoing(client);
    Buffer datagram = client.srtp && below(4) == 0 ? sealedPacket(client, below(3) == 0) : corpus_[below(corpus_.size())];
    const Buffer original = datagram;
    change(datagram);
    // Changes may cancel each other out.
    if (datagram == original) return;
    feed(datagram, client.path);
    for (auto& [port, answer] : std::exchange(network_.sent, {})) {
      if (port == client.path.port && below(4) == 0) client.dtls->receive(answer);
    }
    client.sent.clear();
  }

  /** Records that our own JavaScript would never write. */
  void attackOutgoing(const Client& client) {
    Buffer records(below(4096));
    for (std::uint8_t& byte : records) byte = static_cast<std::uint8_t>(random_());
    const std::uint32_t header[] = {client.id, static_cast<std::uint32_t>(below(2000))};
    if (records.size() >= sizeof header) std::memcpy(records.data(), header, sizeof header);
    engine_.sendRecords(records);
    network_.sent.clear();
  }

  void change(Buffer& datagram) {
    for (std::size_t changes = 1 + below(4); changes > 0; changes -= 1) {
      if (datagram.empty()) return;
      switch (below(6)) {
        case 0:
          datagram[below(datagram.size())] ^= static_cast<std::uint8_t>(1 + below(255));
          break;
        case 1:
          datagram.resize(below(datagram.size()));
          break;
        case 2:
          datagram.resize(datagram.size() + 1 + below(100), static_cast<std::uint8_t>(random_()));
          break;
        case 3: {
          const Buffer& other = corpus_[below(corpus_.size())];
          const std::size_t cut = below(datagram.size());
          datagram.resize(cut);
          if (other.size() > cut) datagram.insert(datagram.end(), other.begin() + static_cast<std::ptrdiff_t>(cut), other.end());
          break;
        }
        case 4:
          // Lengths and counts are in the first bytes.
          datagram[below(std::min<std::size_t>(datagram.size(), 28))] = static_cast<std::uint8_t>(below(2) * 255);
          break;
        default:
          datagram.insert(datagram.end(), datagram.begin(), datagram.end());
          datagram.resize(std::min<std::size_t>(datagram.size(), 2048));
          break;
      }
    }
  }

  void feed(Buffer& datagram, const Path& path) {
    const Incoming incoming{datagram, path};
    engine_.take({&incoming, 1});
  }

  void read() {
    const std::size_t length = engine_.drain();
    for (std::size_t at = 0; at < length;) {
      const auto number = [&](std::size_t offset) {
        std::uint32_t value = 0;
        std::memcpy(&value, Bytes(arena_).subspan(at + offset, 4).data(), 4);
        return value;
      };
      switch (static_cast<RecordKind>(number(0))) {
        case RecordKind::packet:
          (isGood_ ? figures_.accepted : figures_.forged) += 1;
          break;
        case RecordKind::stun:
          figures_.stun += 1;
          break;
        case RecordKind::ended:
          figures_.ended += 1;
          break;
        case RecordKind::connected:
          break;
        default:
          fail("There is no such record.");
      }
      at += recordHeaderBytes + (number(8) + 3) / 4 * 4;
      if (at > length) fail("A record is cut off.");
    }
  }

  std::mt19937 random_;
  Network network_;
  Buffer arena_;
  Engine engine_;
  DtlsSettings settings_;
  std::vector<std::unique_ptr<Client>> clients_;
  std::vector<Buffer> corpus_;
  std::uint16_t lastPort_ = 1000;
  bool isGood_ = false;
  Figures figures_;
};

}  // namespace

}  // namespace parley

int main(int count, char** arguments) {
  const unsigned long datagrams = count > 1 ? std::strtoul(arguments[1], nullptr, 10) : 10'000;
  const auto seed = static_cast<unsigned int>(count > 2 ? std::strtoul(arguments[2], nullptr, 10) : 1);
  parley::Test(seed).run(datagrams);
  return 0;
}
