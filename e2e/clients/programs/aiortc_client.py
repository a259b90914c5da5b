"""aiortc as a client. Speaks the line protocol of ../program-client.ts on its standard streams."""

import asyncio
import json
import sys

import av
from aiortc import (
    RTCConfiguration,
    RTCPeerConnection,
    RTCSessionDescription,
    VideoStreamTrack,
)
from aiortc.mediastreams import AudioStreamTrack, MediaStreamError

WIDTH, HEIGHT = 160, 120


class MovingVideo(VideoStreamTrack):
    """Gray frames of changing brightness."""

    def __init__(self):
        super().__init__()
        self.count = 0

    async def recv(self):
        pts, time_base = await self.next_timestamp()
        frame = av.VideoFrame(WIDTH, HEIGHT, "yuv420p")
        self.count += 1
        for plane in frame.planes:
            plane.update(bytes([self.count % 256]) * plane.buffer_size)
        frame.pts, frame.time_base = pts, time_base
        return frame


class Tone(AudioStreamTrack):
    """A saw tooth, because aiortc's own track is silent."""

    async def recv(self):
        frame = await super().recv()
        wave = b"".join((200 * (i % 100) - 10_000).to_bytes(2, "little", signed=True) for i in range(frame.samples))
        frame.planes[0].update(wave.ljust(frame.planes[0].buffer_size, b"\0"))
        return frame


class Peer:
    def __init__(self):
        self.connection = RTCPeerConnection(RTCConfiguration(iceServers=[]))
        self.counts = {"audio": 0, "video": 0}
        self.tasks = []

    async def offer(self, role, kinds):
        for kind in kinds:
            if role == "publish":
                track = MovingVideo() if kind == "video" else Tone()
                self.connection.addTransceiver(track, direction="sendonly")
            else:
                self.connection.addTransceiver(kind, direction="recvonly")

        @self.connection.on("track")
        def on_track(track):
            self.tasks.append(asyncio.ensure_future(self.count(track)))

        await self.connection.setLocalDescription(await self.connection.createOffer())
        return self.connection.localDescription.sdp

    async def count(self, track):
        try:
            while True:
                await track.recv()
                self.counts[track.kind] += 1
        except MediaStreamError:
            pass

    async def close(self):
        for task in self.tasks:
            task.cancel()
        await self.connection.close()


async def respond(peers, request):
    peer = peers.setdefault(request["peer"], Peer())
    action = request["do"]
    if action == "offer":
        return {"offer": await peer.offer(request["role"], request["kinds"])}
    if action == "accept":
        answer = RTCSessionDescription(sdp=request["answer"], type="answer")
        await peer.connection.setRemoteDescription(answer)
        return {}
    if action == "count":
        return peer.counts
    await peers.pop(request["peer"]).close()
    return {}


async def main():
    peers = {}
    reader = asyncio.StreamReader(limit=2**20)
    protocol = asyncio.StreamReaderProtocol(reader)
    await asyncio.get_event_loop().connect_read_pipe(lambda: protocol, sys.stdin)

    async def handle(line):
        request = json.loads(line)
        try:
            response = await respond(peers, request)
        except Exception as error:
            response = {"error": repr(error)}
        print(json.dumps({"id": request["id"], **response}), flush=True)

    tasks = set()
    while line := await reader.readline():
        task = asyncio.ensure_future(handle(line))
        tasks.add(task)
        task.add_done_callback(tasks.discard)


asyncio.run(main())
