#include "udp_socket.h"

#include <arpa/inet.h>
#include <netinet/udp.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <system_error>

namespace parley {

namespace {

/** A key frame to fifty viewers, while the loop is busy. The system may allow less. */
constexpr int bufferBytes = 4 << 20;
/** The kernel's own limits for one call with segments. */
constexpr std::size_t mostSegments = 32;
constexpr std::size_t mostSegmentedBytes = 60'000;

void setOption(int descriptor, int level, int name, int value) {
  // Without it the socket works too, only less well.
  static_cast<void>(setsockopt(descriptor, level, name, &value, sizeof value));
}

[[noreturn]] void fail(int error, const char* what) {
  throw std::system_error(error, std::generic_category(), what);
}

/** Reads which of our addresses a datagram came to. */
void readLocal(msghdr& header, Path& path) {
  for (cmsghdr* control = CMSG_FIRSTHDR(&header); control != nullptr; control = CMSG_NXTHDR(&header, control)) {
    if (control->cmsg_level == IPPROTO_IPV6 && control->cmsg_type == IPV6_PKTINFO) {
      in6_pktinfo info{};
      std::memcpy(&info, CMSG_DATA(control), sizeof info);
      std::memcpy(path.local.data(), &info.ipi6_addr, path.local.size());
      path.interfaceIndex = info.ipi6_ifindex;
    } else if (control->cmsg_level == IPPROTO_IP && control->cmsg_type == IP_PKTINFO) {
      in_pktinfo info{};
      std::memcpy(&info, CMSG_DATA(control), sizeof info);
      path.local = mapped(info.ipi_addr);
    }
  }
}

template <typename Value>
cmsghdr* addControl(msghdr& header, cmsghdr* control, int level, int type, const Value& value) {
  control->cmsg_level = level;
  control->cmsg_type = type;
  control->cmsg_len = CMSG_LEN(sizeof value);
  std::memcpy(CMSG_DATA(control), &value, sizeof value);
  header.msg_controllen += CMSG_SPACE(sizeof value);
  return control;
}

}  // namespace

UdpSocket::UdpSocket(const std::string& address, std::uint16_t port)
    : slots_(batch), headers_(batch), sendSlots_(batch), sendHeaders_(batch), vectors_(batch) {
  incoming_.reserve(batch);
  try {
    bindTo(address, port);
  } catch (...) {
    if (descriptor_ >= 0) close(descriptor_);
    throw;
  }
}

UdpSocket::~UdpSocket() { close(descriptor_); }

void UdpSocket::bindTo(const std::string& address, std::uint16_t port) {
  Path path;
  path.port = port;
  in_addr ipv4{};
  in6_addr ipv6{};
  if (inet_pton(AF_INET, address.c_str(), &ipv4) == 1) {
    family_ = AF_INET;
    path.remote = mapped(ipv4);
  } else if (inet_pton(AF_INET6, address.c_str(), &ipv6) == 1) {
    std::memcpy(path.remote.data(), &ipv6, path.remote.size());
  } else if (!address.empty()) {
    fail(EINVAL, "The address is not an IP address");
  }
  descriptor_ = socket(family_, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (descriptor_ < 0 && address.empty()) {
    // The machine has no IPv6.
    family_ = AF_INET;
    descriptor_ = socket(family_, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  }
  if (descriptor_ < 0) fail(errno, "A UDP socket could not be created");
  if (family_ == AF_INET6) {
    setOption(descriptor_, IPPROTO_IPV6, IPV6_V6ONLY, address.empty() ? 0 : 1);
    setOption(descriptor_, IPPROTO_IPV6, IPV6_RECVPKTINFO, 1);
  }
  setOption(descriptor_, IPPROTO_IP, IP_PKTINFO, 1);
  setOption(descriptor_, SOL_SOCKET, SO_RCVBUF, bufferBytes);
  setOption(descriptor_, SOL_SOCKET, SO_SNDBUF, bufferBytes);
  sockaddr_storage bound{};
  const socklen_t length = path.toSocket(family_, bound);
  if (bind(descriptor_, reinterpret_cast<const sockaddr*>(&bound), length) != 0) {
    fail(errno, "The UDP port could not be bound");
  }
  const int noSegments = 0;
  segments_ = setsockopt(descriptor_, IPPROTO_UDP, UDP_SEGMENT, &noSegments, sizeof noSegments) == 0;
}

std::uint16_t UdpSocket::port() const {
  sockaddr_storage bound{};
  socklen_t length = sizeof bound;
  if (getsockname(descriptor_, reinterpret_cast<sockaddr*>(&bound), &length) != 0) {
    fail(errno, "The UDP port could not be read");
  }
  return Path::fromSocket(bound).port;
}

std::span<const Incoming> UdpSocket::receive() {
  for (std::size_t index = 0; index < batch; index += 1) {
    Slot& slot = slots_[index];
    slot.vector = {.iov_base = slot.bytes.data(), .iov_len = slot.bytes.size()};
    headers_[index] = {};
    msghdr& header = headers_[index].msg_hdr;
    header.msg_name = &slot.address;
    header.msg_namelen = sizeof slot.address;
    header.msg_iov = &slot.vector;
    header.msg_iovlen = 1;
    header.msg_control = slot.control.data();
    header.msg_controllen = slot.control.size();
  }
  incoming_.clear();
  const int count = recvmmsg(descriptor_, headers_.data(), batch, MSG_DONTWAIT, nullptr);
  for (std::size_t index = 0; count > 0 && index < static_cast<std::size_t>(count); index += 1) {
    mmsghdr& received = headers_[index];
    // A truncated datagram is larger than anything that a peer has to send.
    if ((received.msg_hdr.msg_flags & MSG_TRUNC) != 0) continue;
    Path path = Path::fromSocket(slots_[index].address);
    readLocal(received.msg_hdr, path);
    incoming_.push_back({MutableBytes(slots_[index].bytes).first(received.msg_len), path});
  }
  return incoming_;
}

void UdpSocket::prepare(msghdr& header, SendSlot& slot, std::span<iovec> vectors, const Outgoing& first,
                        std::size_t segmentBytes) const {
  const Path& path = *first.path;
  header = {};
  header.msg_name = &slot.address;
  header.msg_namelen = path.toSocket(family_, slot.address);
  header.msg_iov = vectors.data();
  header.msg_iovlen = vectors.size();
  slot.control.fill(0);
  header.msg_control = slot.control.data();
  header.msg_controllen = slot.control.size();
  cmsghdr* control = CMSG_FIRSTHDR(&header);
  header.msg_controllen = 0;
  if (!isUnspecified(path.local)) {
    if (family_ == AF_INET6) {
      in6_pktinfo info{};
      std::memcpy(&info.ipi6_addr, path.local.data(), path.local.size());
      // Only link-local addresses need the interface; for others, routes decide.
      info.ipi6_ifindex = path.scope == 0 ? 0 : path.interfaceIndex;
      addControl(header, control, IPPROTO_IPV6, IPV6_PKTINFO, info);
    } else {
      in_pktinfo info{};
      info.ipi_spec_dst = unmapped(path.local);
      addControl(header, control, IPPROTO_IP, IP_PKTINFO, info);
    }
    const MutableBytes rest = MutableBytes(slot.control).subspan(header.msg_controllen);
    control = reinterpret_cast<cmsghdr*>(rest.data());
  }
  if (vectors.size() > 1) {
    addControl(header, control, IPPROTO_UDP, UDP_SEGMENT, static_cast<std::uint16_t>(segmentBytes));
  }
  if (header.msg_controllen == 0) header.msg_control = nullptr;
}

void UdpSocket::dispatch(std::span<mmsghdr> messages) {
  while (!messages.empty()) {
    const int count = sendmmsg(descriptor_, messages.data(), static_cast<unsigned int>(messages.size()), MSG_DONTWAIT);
    if (count > 0) {
      messages = messages.subspan(static_cast<std::size_t>(count));
      continue;
    }
    const int error = errno;
    // An interface that cannot cut, or a path with a small MTU.
    const bool isTooSegmented = error == EIO || error == EINVAL || error == EMSGSIZE;
    msghdr& first = messages.front().msg_hdr;
    if (first.msg_iovlen > 1 && isTooSegmented) {
      if (error == EIO) segments_ = false;
      sendEach(first);
    }
    // What could not be sent is lost; an error of one peer's path must not stop the others.
    messages = messages.subspan(1);
  }
}

void UdpSocket::sendEach(msghdr& message) {
  const std::span<iovec> vectors(message.msg_iov, message.msg_iovlen);
  message.msg_iovlen = 1;
  // The size of segments comes last.
  message.msg_controllen -= CMSG_SPACE(sizeof(std::uint16_t));
  for (iovec& vector : vectors) {
    message.msg_iov = &vector;
    static_cast<void>(sendmsg(descriptor_, &message, MSG_DONTWAIT));
  }
}

void UdpSocket::send(std::span<const Outgoing> datagrams) {
  while (!datagrams.empty()) {
    const auto part = datagrams.first(std::min(datagrams.size(), batch));
    datagrams = datagrams.subspan(part.size());
    std::size_t messages = 0;
    for (std::size_t first = 0; first < part.size();) {
      const std::size_t segmentBytes = part[first].bytes.size();
      std::size_t end = first;
      std::size_t total = 0;
      // Datagrams of one size to one peer leave as one, which the system cuts; the last one may be shorter.
      do {
        const Bytes bytes = part[end].bytes;
        vectors_[end] = {.iov_base = const_cast<std::uint8_t*>(bytes.data()), .iov_len = bytes.size()};
        total += bytes.size();
        end += 1;
        if (bytes.size() < segmentBytes) break;
      } while (segments_ && end < part.size() && part[end].path == part[first].path &&
               part[end].bytes.size() <= segmentBytes && end - first < mostSegments &&
               total + part[end].bytes.size() <= mostSegmentedBytes);
      sendHeaders_[messages] = {};
      prepare(sendHeaders_[messages].msg_hdr, sendSlots_[messages],
              std::span(vectors_).subspan(first, end - first), part[first], segmentBytes);
      messages += 1;
      first = end;
    }
    dispatch(std::span(sendHeaders_).first(messages));
  }
}

}  // namespace parley
