// A UDP socket that takes and sends many datagrams at once. Linux only.
#pragma once

#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include <string>
#include <vector>

#include "address.h"

namespace parley {

/** A datagram that leaves. The bytes and the path must live until it is sent. */
struct Outgoing {
  Bytes bytes;
  const Path* path;
};

/** A datagram that arrived, which its receiver may change. */
struct Incoming {
  MutableBytes bytes;
  Path path;
};

/** Where datagrams leave. */
class DatagramSink {
 public:
  DatagramSink() = default;
  DatagramSink(const DatagramSink&) = delete;
  DatagramSink& operator=(const DatagramSink&) = delete;
  virtual ~DatagramSink() = default;
  /** Sends them as far as the system takes them; the rest is lost, as in a network. */
  virtual void send(std::span<const Outgoing> datagrams) = 0;
};

class UdpSocket final : public DatagramSink {
 public:
  /**
   * Binds to an IP address, or to all with an empty one; port 0 is any free one.
   * @throws std::system_error when that fails
   */
  UdpSocket(const std::string& address, std::uint16_t port);
  ~UdpSocket() override;

  int descriptor() const { return descriptor_; }
  std::uint16_t port() const;

  /** Takes what has arrived, at most a batch. The datagrams live until the next call. */
  std::span<const Incoming> receive();
  void send(std::span<const Outgoing> datagrams) override;

 private:
  static constexpr std::size_t batch = 64;
  static constexpr std::size_t datagramBytes = 2048;
  static constexpr std::size_t controlBytes = 128;

  struct Slot {
    std::array<std::uint8_t, datagramBytes> bytes;
    alignas(cmsghdr) std::array<std::uint8_t, controlBytes> control;
    sockaddr_storage address;
    iovec vector;
  };
  struct SendSlot {
    alignas(cmsghdr) std::array<std::uint8_t, controlBytes> control;
    sockaddr_storage address;
  };

  void bindTo(const std::string& address, std::uint16_t port);
  void prepare(msghdr& header, SendSlot& slot, std::span<iovec> vectors, const Outgoing& first,
               std::size_t segmentBytes) const;
  void dispatch(std::span<mmsghdr> messages);
  void sendEach(msghdr& message);

  int descriptor_ = -1;
  int family_ = AF_INET6;
  bool segments_ = false;
  std::vector<Slot> slots_;
  std::vector<mmsghdr> headers_;
  std::vector<Incoming> incoming_;
  std::vector<SendSlot> sendSlots_;
  std::vector<mmsghdr> sendHeaders_;
  std::vector<iovec> vectors_;
};

}  // namespace parley
