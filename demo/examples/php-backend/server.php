<?php
// A back end for calls: `POST /ticket?room=<name>` lets whoever may call it join the room. PHP 8.0 or newer, no dependencies.
// To try it: php -S localhost:8000 server.php
declare(strict_types=1);

function post(string $path, string $body, array $headers): array
{
    $http = ['method' => 'POST', 'content' => $body, 'header' => $headers, 'timeout' => 10, 'ignore_errors' => true];
    $answer = file_get_contents(getenv('PARLEY_URL') . $path, false, stream_context_create(['http' => $http]));
    $status = (int) explode(' ', $http_response_header[0] ?? 'HTTP/1.1 0')[1];
    if ($answer === false || $status !== 200) {
        throw new RuntimeException("$path answered $status: $answer");
    }
    return json_decode($answer, true, flags: JSON_THROW_ON_ERROR);
}

/** Opens the room, unless it is open, and returns what the page needs to join it. */
function room_ticket(string $room, ?string $name = null, array $rights = [], int $lifetime_s = 3600): array
{
    $login = http_build_query([
        'grant_type' => 'client_credentials',
        'client_id' => getenv('PARLEY_CLIENT_ID'),
        'client_secret' => getenv('PARLEY_CLIENT_SECRET'),
    ]);
    $token = post('/security/oauth/token', $login, ['Content-Type: application/x-www-form-urlencoded'])['access_token'];
    $headers = ["Authorization: Bearer $token", 'Content-Type: application/json'];
    // Sending this again finds the room that is open.
    post('/rtc-api/conferences/create', json_encode(['conferenceId' => $room]), $headers);
    $properties = ['conference_id' => $room, 'permissions' => (object) $rights];
    if ($name !== null) {
        $properties['verified'] = ['name' => $name];
    }
    $command = ['type' => 'MULTI_USE_TICKET', 'length' => 9, 'ttl' => $lifetime_s, 'properties' => $properties];
    $ticket = post('/security/ticket', json_encode($command), $headers);
    return ['server' => getenv('PARLEY_URL'), 'ticket' => $ticket['id'], 'conferenceId' => $room];
}

$room = $_GET['room'] ?? '';
// Here your back end decides whether this user may join this room, and reads their name from its session.
if ($_SERVER['REQUEST_METHOD'] !== 'POST' || parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH) !== '/ticket' || $room === '') {
    http_response_code(404);
    return;
}
try {
    $ticket = room_ticket($room, $_GET['name'] ?? null);
    header('Content-Type: application/json');
    echo json_encode($ticket);
} catch (Throwable $error) {
    error_log((string) $error);
    http_response_code(502);
}
