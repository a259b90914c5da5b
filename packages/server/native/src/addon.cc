// The module for Node: a class `PacketEngine` with one socket on the loop of Node.
#include <uv.h>

#include <system_error>

#include "engine.h"
#include "napi_values.h"

namespace parley {

namespace {

/** After so many batches, the loop serves others first. */
constexpr int batchesPerTurn = 4;

class PacketEngine {
 public:
  PacketEngine(napi_env env, napi_value self, std::span<const napi_value> arguments);
  ~PacketEngine();
  PacketEngine(const PacketEngine&) = delete;
  PacketEngine& operator=(const PacketEngine&) = delete;

  static napi_value define(napi_env env);

 private:
  /** libuv's handle, which lives until libuv has closed it. */
  struct Poll {
    uv_poll_t handle{};
    PacketEngine* owner = nullptr;
  };
  using Method = napi_value (PacketEngine::*)(std::span<const napi_value>);

  template <Method method, std::size_t parameters>
  static napi_value call(napi_env env, napi_callback_info info);
  static napi_value construct(napi_env env, napi_callback_info info);
  static void onReadable(uv_poll_t* handle, int status, int events);
  static void onEnvironmentEnd(void* data) { static_cast<PacketEngine*>(data)->release(); }

  napi_value port(std::span<const napi_value>);
  napi_value addPeer(std::span<const napi_value> arguments);
  napi_value removePeer(std::span<const napi_value> arguments);
  napi_value admit(std::span<const napi_value> arguments);
  napi_value sendRecords(std::span<const napi_value> arguments);
  napi_value sendRaw(std::span<const napi_value> arguments);
  napi_value tick(std::span<const napi_value>);
  napi_value close(std::span<const napi_value>);

  void receive();
  /** Hands the records in the arena to JavaScript. */
  void deliver();
  void release();

  napi_env env_;
  napi_ref self_ = nullptr;
  napi_ref inboundArray_ = nullptr;
  napi_ref outboundArray_ = nullptr;
  napi_ref listener_ = nullptr;
  napi_async_context asyncContext_ = nullptr;
  MutableBytes outbound_;
  std::unique_ptr<UdpSocket> socket_;
  std::unique_ptr<Engine> engine_;
  Poll* poll_ = nullptr;
  bool isDelivering_ = false;
  bool isClosing_ = false;
};

[[noreturn]] void throwClosed() { throw std::runtime_error("The engine is closed."); }

/** Turns exceptions into JavaScript's. */
template <typename Action>
napi_value guarded(napi_env env, Action action) {
  try {
    return action();
  } catch (const std::system_error& error) {
    napi_throw_error(env, "ERR_TRANSPORT_SOCKET", error.what());
  } catch (const std::invalid_argument& error) {
    napi_throw_type_error(env, "ERR_INVALID_ARG_VALUE", error.what());
  } catch (const std::exception& error) {
    napi_throw_error(env, "ERR_TRANSPORT", error.what());
  }
  return nullptr;
}

/** Arguments: address, port, arena for incoming data, arena for outgoing data, listener for incoming data. */
PacketEngine::PacketEngine(napi_env env, napi_value, std::span<const napi_value> arguments)
    : env_(env), outbound_(bytesOf(env, arguments[3])) {
  const std::uint32_t port = numberOf(env, arguments[1]);
  if (port > 0xffff) throw std::invalid_argument("The port is too high.");
  socket_ = std::make_unique<UdpSocket>(textOf(env, arguments[0]), static_cast<std::uint16_t>(port));
  engine_ = std::make_unique<Engine>(*socket_, bytesOf(env, arguments[2]));
  check(napi_create_reference(env, arguments[2], 1, &inboundArray_), "keep an arena");
  check(napi_create_reference(env, arguments[3], 1, &outboundArray_), "keep an arena");
  check(napi_create_reference(env, arguments[4], 1, &listener_), "keep the listener");
  napi_value name = nullptr;
  check(napi_create_string_utf8(env, "PacketEngine", NAPI_AUTO_LENGTH, &name), "create a name");
  check(napi_async_init(env, nullptr, name, &asyncContext_), "prepare callbacks");
  uv_loop_t* loop = nullptr;
  check(napi_get_uv_event_loop(env, &loop), "find the event loop");
  if (uv_handle_size(UV_POLL) > sizeof(uv_poll_t)) {
    throw std::runtime_error("This Node has another libuv than the addon was built for.");
  }
  auto poll = std::make_unique<Poll>();
  poll->owner = this;
  if (uv_poll_init(loop, &poll->handle, socket_->descriptor()) != 0) {
    throw std::runtime_error("The socket could not join the event loop.");
  }
  poll_ = poll.release();
  poll_->handle.data = poll_;
  uv_poll_start(&poll_->handle, UV_READABLE, onReadable);
  // A socket without peers must not keep the process alive.
  uv_unref(reinterpret_cast<uv_handle_t*>(&poll_->handle));
  napi_add_env_cleanup_hook(env, onEnvironmentEnd, this);
}

PacketEngine::~PacketEngine() { release(); }

void PacketEngine::release() {
  engine_.reset();
  if (poll_ != nullptr) {
    napi_remove_env_cleanup_hook(env_, onEnvironmentEnd, this);
    uv_poll_stop(&poll_->handle);
    poll_->owner = nullptr;
    uv_close(reinterpret_cast<uv_handle_t*>(&poll_->handle),
             [](uv_handle_t* handle) { delete static_cast<Poll*>(handle->data); });
    poll_ = nullptr;
  }
  socket_.reset();
  if (asyncContext_ != nullptr) napi_async_destroy(env_, asyncContext_);
  asyncContext_ = nullptr;
  for (napi_ref* reference : {&self_, &inboundArray_, &outboundArray_, &listener_}) {
    if (*reference != nullptr) napi_delete_reference(env_, *reference);
    *reference = nullptr;
  }
}

void PacketEngine::onReadable(uv_poll_t* handle, int, int) {
  PacketEngine* owner = static_cast<Poll*>(handle->data)->owner;
  if (owner != nullptr) owner->receive();
}

void PacketEngine::receive() {
  for (int turn = 0; turn < batchesPerTurn && engine_ && !isClosing_; turn += 1) {
    const auto datagrams = socket_->receive();
    if (datagrams.empty()) return;
    napi_handle_scope scope = nullptr;
    if (napi_open_handle_scope(env_, &scope) != napi_ok) return;
    guarded(env_, [&]() -> napi_value {
      engine_->take(datagrams);
      deliver();
      return nullptr;
    });
    bool isPending = false;
    if (napi_is_exception_pending(env_, &isPending) == napi_ok && isPending) {
      napi_value error = nullptr;
      if (napi_get_and_clear_last_exception(env_, &error) == napi_ok) napi_fatal_exception(env_, error);
    }
    napi_close_handle_scope(env_, scope);
  }
}

void PacketEngine::deliver() {
  const std::size_t length = engine_->drain();
  if (length == 0) return;
  napi_value listener = nullptr;
  napi_value global = nullptr;
  check(napi_get_reference_value(env_, listener_, &listener), "find the listener");
  check(napi_get_global(env_, &global), "find the global object");
  const napi_value argument = numberIn(env_, static_cast<std::uint32_t>(length));
  // An exception of the listener stays pending, and becomes the process's.
  isDelivering_ = true;
  napi_make_callback(env_, asyncContext_, global, listener, 1, &argument, nullptr);
  isDelivering_ = false;
  if (isClosing_) release();
}

napi_value PacketEngine::port(std::span<const napi_value>) { return numberIn(env_, socket_->port()); }

/** Arguments: whether the peer connects, name of the hash, hash, array for our fingerprint. Returns the peer's id. */
napi_value PacketEngine::addPeer(std::span<const napi_value> arguments) {
  const DtlsRole role = flagOf(env_, arguments[0]) ? DtlsRole::server : DtlsRole::client;
  const Bytes digest = bytesOf(env_, arguments[2]);
  const MutableBytes fingerprint = bytesOf(env_, arguments[3]);
  if (fingerprint.size() != sha256Bytes) throw std::invalid_argument("A fingerprint has 32 bytes.");
  const auto added = engine_->addPeer(role, {textOf(env_, arguments[1]), {digest.begin(), digest.end()}});
  copyBytes(added.fingerprint, fingerprint);
  return numberIn(env_, added.id);
}

napi_value PacketEngine::removePeer(std::span<const napi_value> arguments) {
  engine_->removePeer(numberOf(env_, arguments[0]));
  return nullptr;
}

/** Arguments: peer, path, whether packets go there. */
napi_value PacketEngine::admit(std::span<const napi_value> arguments) {
  const Bytes path = bytesOf(env_, arguments[1]);
  if (path.size() != Path::recordBytes) throw std::invalid_argument("A path has another length.");
  engine_->admit(numberOf(env_, arguments[0]), Path::readFrom(path), flagOf(env_, arguments[2]));
  return nullptr;
}

/** Argument: how much of the arena is used. */
napi_value PacketEngine::sendRecords(std::span<const napi_value> arguments) {
  const std::size_t length = numberOf(env_, arguments[0]);
  if (length > outbound_.size()) throw std::invalid_argument("The records are longer than their arena.");
  engine_->sendRecords(outbound_.first(length));
  return nullptr;
}

/** Arguments: path, datagram. */
napi_value PacketEngine::sendRaw(std::span<const napi_value> arguments) {
  const Bytes path = bytesOf(env_, arguments[0]);
  if (path.size() != Path::recordBytes) throw std::invalid_argument("A path has another length.");
  engine_->sendRaw(Path::readFrom(path), bytesOf(env_, arguments[1]));
  return nullptr;
}

/** Repeats handshakes; returns the length of the records that this wrote. */
napi_value PacketEngine::tick(std::span<const napi_value>) {
  engine_->tick();
  return numberIn(env_, static_cast<std::uint32_t>(engine_->drain()));
}

napi_value PacketEngine::close(std::span<const napi_value>) {
  // What the listener's caller still uses must outlive the call.
  isClosing_ = true;
  if (!isDelivering_) release();
  return nullptr;
}

template <PacketEngine::Method method, std::size_t parameters>
napi_value PacketEngine::call(napi_env env, napi_callback_info info) {
  return guarded(env, [&]() -> napi_value {
    std::array<napi_value, parameters + 1> arguments{};
    std::size_t count = parameters;
    napi_value self = nullptr;
    void* data = nullptr;
    check(napi_get_cb_info(env, info, &count, arguments.data(), &self, nullptr), "read arguments");
    if (napi_unwrap(env, self, &data) != napi_ok) throw std::invalid_argument("This is no PacketEngine.");
    auto* engine = static_cast<PacketEngine*>(data);
    if (!engine->engine_ || engine->isClosing_) throwClosed();
    return (engine->*method)(std::span<const napi_value>(arguments).first(parameters));
  });
}

napi_value PacketEngine::construct(napi_env env, napi_callback_info info) {
  return guarded(env, [&]() -> napi_value {
    std::array<napi_value, 5> arguments{};
    std::size_t count = arguments.size();
    napi_value self = nullptr;
    check(napi_get_cb_info(env, info, &count, arguments.data(), &self, nullptr), "read arguments");
    auto engine = std::make_unique<PacketEngine>(env, self, arguments);
    const napi_finalize finalize = [](napi_env, void* object, void*) { delete static_cast<PacketEngine*>(object); };
    check(napi_wrap(env, self, engine.get(), finalize, nullptr, nullptr), "create the engine");
    PacketEngine* owned = engine.release();
    // Alive until it is closed, because its socket calls it.
    check(napi_create_reference(env, self, 1, &owned->self_), "keep the engine");
    return self;
  });
}

napi_value PacketEngine::define(napi_env env) {
  const auto method = [](const char* name, napi_callback callback) {
    return napi_property_descriptor{name, nullptr, callback, nullptr, nullptr, nullptr, napi_default_method, nullptr};
  };
  const std::array properties{
      method("port", call<&PacketEngine::port, 0>),
      method("addPeer", call<&PacketEngine::addPeer, 4>),
      method("removePeer", call<&PacketEngine::removePeer, 1>),
      method("admit", call<&PacketEngine::admit, 3>),
      method("sendRecords", call<&PacketEngine::sendRecords, 1>),
      method("sendRaw", call<&PacketEngine::sendRaw, 2>),
      method("tick", call<&PacketEngine::tick, 0>),
      method("close", call<&PacketEngine::close, 0>),
  };
  napi_value result = nullptr;
  check(napi_define_class(env, "PacketEngine", NAPI_AUTO_LENGTH, construct, nullptr, properties.size(),
                          properties.data(), &result),
        "define the class");
  return result;
}

}  // namespace

}  // namespace parley

NAPI_MODULE_INIT() {
  return parley::guarded(env, [&]() -> napi_value {
    parley::check(napi_set_named_property(env, exports, "PacketEngine", parley::PacketEngine::define(env)),
                  "export the class");
    return exports;
  });
}
