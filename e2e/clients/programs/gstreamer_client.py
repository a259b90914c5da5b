"""GStreamer's webrtcbin as a client. Speaks the line protocol of ../program-client.ts on its standard streams."""

import json
import sys
import threading

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstSdp", "1.0")
gi.require_version("GstWebRTC", "1.0")
from gi.repository import GLib, Gst, GstSdp, GstWebRTC  # noqa: E402

SOURCES = {
    "audio": "audiotestsrc is-live=true ! opusenc ! rtpopuspay ! queue"
    " ! application/x-rtp,media=audio,encoding-name=OPUS,payload=97 ! web.",
    "video": "videotestsrc is-live=true ! video/x-raw,width=160,height=120,framerate=10/1"
    " ! vp8enc deadline=1 keyframe-max-dist=30 ! rtpvp8pay picture-id-mode=2 ! queue"
    " ! application/x-rtp,media=video,encoding-name=VP8,payload=96 ! web.",
}
CAPS = {
    "audio": "application/x-rtp,media=audio,encoding-name=OPUS,clock-rate=48000,encoding-params=(string)2,payload=97",
    "video": "application/x-rtp,media=video,encoding-name=VP8,clock-rate=90000,payload=96",
}
DECODERS = {
    "audio": "queue ! rtpopusdepay ! opusdec ! fakesink name=sink sync=false signal-handoffs=true",
    "video": "queue ! rtpvp8depay ! vp8dec ! fakesink name=sink sync=false signal-handoffs=true",
}
DIRECTION = GstWebRTC.WebRTCRTPTransceiverDirection


class Peer:
    def __init__(self):
        self.counts = {"audio": 0, "video": 0}
        self.pipeline = None
        self.web = None

    def offer(self, request, respond):
        # webrtcbin 1.22 does not implement "balanced", and offers nothing with it.
        policy = {"balanced": "max-compat"}.get(request["bundlePolicy"], request["bundlePolicy"])
        elements = [f"webrtcbin name=web bundle-policy={policy}"]
        if request["role"] == "publish":
            elements += [SOURCES[kind] for kind in request["kinds"]]
        self.pipeline = Gst.Pipeline.new()
        self.pipeline.add(Gst.parse_bin_from_description(" ".join(elements), False))
        self.web = self.pipeline.get_by_name("web")
        if request["role"] == "view":
            for kind in request["kinds"]:
                self.web.emit("add-transceiver", DIRECTION.RECVONLY, Gst.Caps.from_string(CAPS[kind]))
            self.web.connect("pad-added", self.decode)
        else:
            for index in range(len(request["kinds"])):
                self.web.emit("get-transceiver", index).set_property("direction", DIRECTION.SENDONLY)

        def gathered(web, _property):
            if web.get_property("ice-gathering-state") == GstWebRTC.WebRTCICEGatheringState.COMPLETE:
                GLib.idle_add(lambda: respond({"offer": web.get_property("local-description").sdp.as_text()}))

        def created(promise):
            reply = promise.get_reply()  # owns the offer
            offer = reply.get_value("offer")
            self.web.emit("set-local-description", offer, Gst.Promise.new())

        self.web.connect("notify::ice-gathering-state", gathered)
        self.pipeline.set_state(Gst.State.PLAYING)
        # Sources must have announced their formats, or the offer would lack them.
        self.pipeline.get_state(2 * Gst.SECOND)
        self.web.emit("create-offer", None, Gst.Promise.new_with_change_func(created))

    def decode(self, _web, pad):
        if pad.get_direction() != Gst.PadDirection.SRC:
            return
        kind = pad.get_current_caps().get_structure(0).get_string("media")
        decoder = Gst.parse_bin_from_description(DECODERS[kind], True)
        decoder.get_by_name("sink").connect("handoff", self.count, kind)
        self.web.get_parent().add(decoder)
        pad.link(decoder.get_static_pad("sink"))
        decoder.sync_state_with_parent()

    def count(self, _sink, _buffer, _pad, kind):
        self.counts[kind] += 1

    def accept(self, sdp):
        _result, message = GstSdp.SDPMessage.new()
        GstSdp.sdp_message_parse_buffer(sdp.encode(), message)
        answer = GstWebRTC.WebRTCSessionDescription.new(GstWebRTC.WebRTCSDPType.ANSWER, message)
        self.web.emit("set-remote-description", answer, Gst.Promise.new())

    def close(self):
        if self.pipeline:
            self.pipeline.set_state(Gst.State.NULL)


def main():
    Gst.init(None)
    peers = {}
    loop = GLib.MainLoop()

    def handle(request):
        def respond(response):
            print(json.dumps({"id": request["id"], **response}), flush=True)
            return False

        try:
            peer = peers.setdefault(request["peer"], Peer())
            action = request["do"]
            if action == "offer":
                peer.offer(request, respond)
            elif action == "accept":
                peer.accept(request["answer"])
                respond({})
            elif action == "count":
                respond(peer.counts)
            else:
                peers.pop(request["peer"]).close()
                respond({})
        except Exception as error:
            respond({"error": repr(error)})
        return False

    def read():
        for line in sys.stdin:
            GLib.idle_add(handle, json.loads(line))
        GLib.idle_add(loop.quit)

    threading.Thread(target=read, daemon=True).start()
    loop.run()


main()
