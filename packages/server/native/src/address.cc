#include "address.h"

#include <arpa/inet.h>

#include <cstring>
#include <string_view>

namespace parley {

namespace {

constexpr std::size_t mappedPrefixBytes = 12;
constexpr std::array<std::uint8_t, mappedPrefixBytes> mappedPrefix{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

}  // namespace

IpAddress mapped(const in_addr& address) {
  IpAddress result{};
  copyBytes(mappedPrefix, result);
  std::memcpy(MutableBytes(result).last(sizeof address).data(), &address, sizeof address);
  return result;
}

bool isMapped(const IpAddress& address) {
  return std::equal(mappedPrefix.begin(), mappedPrefix.end(), address.begin());
}

in_addr unmapped(const IpAddress& address) {
  in_addr result{};
  std::memcpy(&result, Bytes(address).last(sizeof result).data(), sizeof result);
  return result;
}

bool isUnspecified(const IpAddress& address) {
  const Bytes bytes = isMapped(address) ? Bytes(address).last(4) : Bytes(address);
  return std::all_of(bytes.begin(), bytes.end(), [](std::uint8_t byte) { return byte == 0; });
}

void Path::writeTo(MutableBytes record) const {
  copyBytes(remote, record.subspan(0, 16));
  copyBytes(local, record.subspan(16, 16));
  write32(record, 32, scope);
  write32(record, 36, interfaceIndex);
  write32(record, 40, port);
}

Path Path::readFrom(Bytes record) {
  Path path;
  copyBytes(record.subspan(0, 16), path.remote);
  copyBytes(record.subspan(16, 16), path.local);
  path.scope = read32(record, 32);
  path.interfaceIndex = read32(record, 36);
  path.port = static_cast<std::uint16_t>(read32(record, 40));
  return path;
}

Path Path::fromSocket(const sockaddr_storage& from) {
  Path path;
  if (from.ss_family == AF_INET) {
    sockaddr_in ipv4{};
    std::memcpy(&ipv4, &from, sizeof ipv4);
    path.remote = mapped(ipv4.sin_addr);
    path.port = ntohs(ipv4.sin_port);
  } else {
    sockaddr_in6 ipv6{};
    std::memcpy(&ipv6, &from, sizeof ipv6);
    std::memcpy(path.remote.data(), &ipv6.sin6_addr, path.remote.size());
    path.scope = ipv6.sin6_scope_id;
    path.port = ntohs(ipv6.sin6_port);
  }
  return path;
}

socklen_t Path::toSocket(int family, sockaddr_storage& to) const {
  if (family == AF_INET) {
    sockaddr_in ipv4{};
    ipv4.sin_family = AF_INET;
    ipv4.sin_addr = unmapped(remote);
    ipv4.sin_port = htons(port);
    std::memcpy(&to, &ipv4, sizeof ipv4);
    return sizeof ipv4;
  }
  sockaddr_in6 ipv6{};
  ipv6.sin6_family = AF_INET6;
  std::memcpy(&ipv6.sin6_addr, remote.data(), remote.size());
  ipv6.sin6_scope_id = scope;
  ipv6.sin6_port = htons(port);
  std::memcpy(&to, &ipv6, sizeof ipv6);
  return sizeof ipv6;
}

std::size_t HashRemoteEnd::operator()(const RemoteEnd& end) const {
  const std::string_view address(reinterpret_cast<const char*>(end.address.data()), end.address.size());
  return std::hash<std::string_view>{}(address) ^ (std::size_t{end.port} << 32 | end.scope);
}

}  // namespace parley
