// Both ends of a path: where a datagram came from, and which of our addresses it came to.
#pragma once

#include <netinet/in.h>
#include <sys/socket.h>

#include <functional>
#include <optional>

#include "bytes.h"

namespace parley {

using IpAddress = std::array<std::uint8_t, 16>;

/** IPv4 addresses are written as IPv6 ones (`::ffff:192.0.2.1`). */
struct Path {
  IpAddress remote{};
  /** Zero for whichever address the system chooses. */
  IpAddress local{};
  std::uint32_t scope = 0;
  std::uint32_t interfaceIndex = 0;
  std::uint16_t port = 0;

  /** How a path is written in the arenas. */
  static constexpr std::size_t recordBytes = 44;
  void writeTo(MutableBytes record) const;
  static Path readFrom(Bytes record);

  static Path fromSocket(const sockaddr_storage& from);
  /** Returns the length of the address in `to`. */
  socklen_t toSocket(int family, sockaddr_storage& to) const;
};

/** The other end, by which datagrams are assigned to peers. */
struct RemoteEnd {
  IpAddress address{};
  std::uint32_t scope = 0;
  std::uint16_t port = 0;

  explicit RemoteEnd(const Path& path) : address(path.remote), scope(path.scope), port(path.port) {}
  bool operator==(const RemoteEnd&) const = default;
};

struct HashRemoteEnd {
  std::size_t operator()(const RemoteEnd& end) const;
};

IpAddress mapped(const in_addr& address);
bool isMapped(const IpAddress& address);
in_addr unmapped(const IpAddress& address);
bool isUnspecified(const IpAddress& address);

}  // namespace parley
