import type { Texts } from './en.ts';

/** What the elements say, in German. */
export const de: Texts = {
  // Before the call
  'lobby.title': 'Möchten Sie teilnehmen?',
  'lobby.name': 'Ihr Name',
  'lobby.name-missing': 'Geben Sie Ihren Namen ein, um teilzunehmen.',
  'lobby.join': 'Jetzt teilnehmen',
  'lobby.joining': 'Verbindung wird hergestellt …',
  'lobby.preview': 'Ihre Kamera',
  'lobby.camera-off': 'Ihre Kamera ist aus',
  'lobby.camera-starting': 'Kamera wird gestartet …',
  'lobby.asking': 'Ihr Browser fragt, ob diese Seite Kamera und Mikrofon verwenden darf.',
  'lobby.waiting-permission':
    'Beantworten Sie die Frage Ihres Browsers, um mit Kamera und Mikrofon teilzunehmen.',
  'lobby.waiting-devices': 'Warten auf Kamera und Mikrofon …',
  'lobby.join-without': 'Ohne beides teilnehmen',
  'lobby.no-camera': 'Keine Kamera. Sie können auch ohne teilnehmen.',
  'lobby.devices': 'Geräte',
  'lobby.background': 'Hintergrund',
  'lobby.background-none': 'Keiner',
  'lobby.background-starting': 'Hintergrund wird vorbereitet …',
  'lobby.try-again': 'Erneut versuchen',
  'lobby.allow-title': 'So erlauben Sie Kamera und Mikrofon',
  'lobby.allow-hint':
    'Klicken Sie auf das Symbol neben der Adresse dieser Seite, erlauben Sie Kamera und Mikrofon, und versuchen Sie es erneut.',
  'lobby.level': 'Mikrofonpegel',
  'lobby.inside-none': 'Noch ist niemand da',
  'lobby.inside-one': '{name} ist da',
  'lobby.inside-two': '{name} und {other} sind da',
  'lobby.inside-more': '{name} und {count} weitere sind da',
  'lobby.test-speaker': 'Lautsprecher testen',
  'lobby.testing-speaker': 'Ein Ton wird abgespielt …',

  // Waiting to be admitted
  'waiting.title': 'Warten, bis der Gastgeber Sie einlässt',
  'waiting.hint': 'Sie treten automatisch bei. Lassen Sie diese Seite geöffnet.',
  'waiting.leave': 'Nicht mehr warten',

  'call.title': 'Anruf',
  'call.bring-back': 'Zurückholen',
  'call.elsewhere': 'Dieser Anruf ist in einem kleinen Fenster',

  // Buttons of the call
  'controls.label': 'Anrufsteuerung',
  'controls.mute': 'Stummschalten',
  'controls.unmute': 'Mikrofon einschalten',
  'controls.camera-off': 'Kamera ausschalten',
  'controls.camera-on': 'Kamera einschalten',
  'controls.share': 'Bildschirm teilen',
  'controls.stop-sharing': 'Nicht mehr teilen',
  'controls.raise-hand': 'Hand heben',
  'controls.lower-hand': 'Hand senken',
  'controls.react': 'Reagieren',
  'controls.chat': 'Chat',
  'controls.chat-unread': 'Chat, {count} ungelesen',
  'controls.people': 'Teilnehmende',
  'controls.more': 'Mehr',
  'controls.settings': 'Einstellungen',
  'controls.invite': 'Einladen',
  'controls.hold': 'Anruf halten',
  'controls.resume': 'Anruf fortsetzen',
  'controls.record': 'Aufzeichnung starten',
  'controls.stop-recording': 'Aufzeichnung beenden',
  'controls.flip-camera': 'Kamera wechseln',
  'controls.full-screen': 'Vollbild',
  'controls.exit-full-screen': 'Vollbild beenden',
  'controls.exit-picture-in-picture': 'Kleines Fenster schließen',
  'controls.picture-in-picture': 'In kleinem Fenster zeigen',
  'controls.leave': 'Verlassen',
  'controls.end-for-all': 'Anruf für alle beenden',
  'controls.confirm-end': 'Den Anruf für alle beenden?',
  'controls.microphone-menu': 'Mikrofon und Lautsprecher wählen',
  'controls.camera-menu': 'Kamera wählen',
  'controls.speaker-menu': 'Lautsprecher wählen und testen',
  'controls.not-permitted': 'Der Gastgeber erlaubt das nicht',
  'controls.shortcut': '{label} ({key})',

  // Devices
  'devices.microphone': 'Mikrofon',
  'devices.camera': 'Kamera',
  'devices.speaker': 'Lautsprecher',
  'devices.default': 'Systemstandard',
  'devices.default-named': 'Systemstandard ({name})',
  'devices.missing': '{name} (nicht verbunden)',
  'devices.replaced': 'Nicht verbunden. Bis es zurück ist, wird {name} verwendet.',
  'devices.none': 'Keine gefunden',

  // Tiles
  'tile.you': 'Sie',
  'tile.guest': 'Gast',
  'tile.screen-of': 'Bildschirm von {name}',
  'tile.your-screen': 'Ihr Bildschirm',
  'tile.you-are-sharing': 'Sie teilen Ihren Bildschirm',
  'tile.muted': 'Stummgeschaltet',
  'tile.muted-by-host': 'Vom Gastgeber stummgeschaltet',
  'tile.no-microphone': 'Kein Mikrofon',
  'tile.speaking': 'Spricht',
  'tile.hand-raised': 'Hand gehoben',
  'tile.verified': 'Bestätigter Name',
  'tile.frozen': 'Video angehalten: schlechte Verbindung',
  'tile.try-again': 'Erneut versuchen',
  'tile.menu': 'Optionen für {name}',
  'tile.pin': 'Anheften',
  'tile.unpin': 'Lösen',
  'tile.unpinned': '{name} ist nicht mehr angeheftet',
  'tile.pinned': '{name} ist angeheftet',
  'tile.full-screen': 'Vollbild',
  'tile.picture-in-picture': 'Bild im Bild',
  'tile.volume': 'Lautstärke',
  'tile.quality': 'Videoqualität',
  'tile.quality-auto': 'Automatisch',
  'tile.quality-high': 'Hoch',
  'tile.quality-low': 'Niedrig, spart Daten',
  'tile.quality-audio-only': 'Nur Ton',
  'tile.quality-of': 'Video von {name}: {quality}',
  'tile.volume-of': 'Lautstärke von {name}: {percent}',
  'tile.move-self-view':
    'Ihr Video. Ziehen Sie es oder drücken Sie die Pfeiltasten, um es in eine andere Ecke zu verschieben.',

  // The stage
  'stage.label': 'Teilnehmende',
  'stage.alone': 'Sie sind allein hier',
  'stage.alone-hint': 'Andere erscheinen hier, sobald sie beitreten.',
  'stage.more': '{count} weitere',
  'stage.next-page': 'Nächste Seite',
  'stage.previous-page': 'Vorherige Seite',
  'stage.page': 'Seite {page} von {count}',

  // Why a video is bad, in words
  'quality.excellent': 'Die Verbindung ist ausgezeichnet',
  'quality.good': 'Die Verbindung ist gut',
  'quality.poor': 'Die Verbindung ist schlecht',
  'quality.lost': 'Die Verbindung ist abgebrochen',
  'quality.uplink-loss': 'In Ihrem Netz geht ein Teil dessen verloren, was Sie senden',
  'quality.downlink-loss': 'In Ihrem Netz geht ein Teil dessen verloren, was Sie empfangen',
  'quality.round-trip': 'Die Verbindung zum Server ist langsam',
  'quality.jitter': 'Das Netz schwankt',
  'quality.sender-cpu-limited': 'Das sendende Gerät ist ausgelastet',
  'quality.sender-bandwidth-limited': 'Das sendende Gerät hat einen langsamen Upload',
  'quality.layer-withheld': 'Kleineres Video, bis das Netz schneller ist',
  'quality.low-bitrate': 'Das Video erhält wenig Bandbreite',
  'quality.no-packets': 'Es kommt nichts an',
  'quality.no-key-frame': 'Warten auf das erste vollständige Bild',
  'quality.decoder-stuck': 'Dieses Gerät kann das Video nicht decodieren',
  'quality.element-hidden': 'Nicht zu sehen, daher angehalten',
  'quality.autoplay-blocked': 'Ihr Browser blockiert die Wiedergabe',
  'quality.device-muted': 'Das Gerät ist durch einen Schalter oder das System ausgeschaltet',

  // Notices
  'notice.label': 'Hinweise',
  'notice.joined': '{name} ist beigetreten',
  'notice.left': '{name} ist gegangen',
  'notice.removed': '{name} wurde entfernt',
  'notice.hand-raised': '{name} hat die Hand gehoben',
  'notice.message': '{name}: {text}',
  'notice.waiting': '{name} möchte beitreten',
  'notice.admit': 'Einlassen',
  'notice.reply': 'Antworten',
  'notice.muted-audio': 'Der Gastgeber hat Sie stummgeschaltet',
  'notice.muted-video': 'Der Gastgeber hat Ihre Kamera ausgeschaltet',
  'notice.recording-started': 'Dieser Anruf wird aufgezeichnet',
  'notice.recording-stopped': 'Aufzeichnung beendet',
  'notice.reconnected': 'Sie sind wieder verbunden',
  'notice.permissions-changed': 'Der Gastgeber hat geändert, was Sie in diesem Anruf dürfen',
  'notice.dismiss': 'Schließen',
  'notice.speaking-muted': 'Sie sind stummgeschaltet. Niemand hört Sie.',
  'notice.silent-microphone': 'Ihr Mikrofon nimmt keinen Ton auf.',
  'notice.reconnecting': 'Verbindung wird wiederhergestellt …',
  'notice.playback-blocked': 'Ihr Browser blockiert den Ton, bis Sie klicken.',
  'notice.start-playback': 'Klicken, um alle zu hören',
  'notice.on-hold': 'Der Anruf wird gehalten. Niemand kann andere hören oder sehen.',
  'notice.sharing': 'Sie teilen Ihren Bildschirm',
  'notice.recording': 'Aufzeichnung läuft',

  // People
  'people.title': 'Teilnehmende',
  'people.count-one': '1 Person',
  'people.count-other': '{count} Personen',
  'people.close': 'Teilnehmende schließen',
  'people.in-call': 'In diesem Anruf',
  'people.hands': 'Gehobene Hände',
  'people.waiting': 'Möchten beitreten',
  'people.admit': 'Einlassen',
  'people.admit-all': 'Alle einlassen',
  'people.deny': 'Ablehnen',
  'people.you': '{name} (Sie)',
  'people.options': 'Optionen für {name}',
  'people.mute': 'Stummschalten',
  'people.stop-camera': 'Kamera ausschalten',
  'people.stop-screen': 'Bildschirmfreigabe beenden',
  'people.remove': 'Aus dem Anruf entfernen',
  'people.remove-and-ban': 'Entfernen und sperren',
  'people.confirm-remove': '{name} aus dem Anruf entfernen?',
  'people.confirm-ban': '{name} aus dem Anruf entfernen und sperren?',
  'people.make-host': 'Zum Gastgeber machen',
  'people.host': 'Gastgeber',
  'people.host-controls': 'Gastgeber-Optionen',
  'people.microphone-on': 'Mikrofon an',
  'people.camera-on': 'Kamera an',
  'people.camera-off': 'Kamera aus',
  'people.sharing': 'Teilt einen Bildschirm',
  'people.mute-all': 'Alle stummschalten',
  'people.lock': 'Anruf sperren',
  'people.lock-hint': 'Niemand kann mehr beitreten',
  'people.locked': 'Gesperrt: Niemand kann mehr beitreten',
  'people.lobby': 'Warteraum',
  'people.lobby-hint': 'Sie lassen alle selbst ein',
  'people.search': 'Personen suchen',
  'people.nobody-found': 'Niemand mit diesem Namen',
  'people.cancel': 'Abbrechen',

  // Chat
  'chat.title': 'Chat',
  'chat.close': 'Chat schließen',
  'chat.empty': 'Noch keine Nachrichten. Sie verschwinden, wenn der Anruf endet.',
  'chat.placeholder': 'Nachricht schreiben',
  'chat.too-long': 'Zu lang: {count} von höchstens {most} Zeichen. Bitte in Teilen senden.',
  'chat.send': 'Senden',
  'chat.sending': 'Wird gesendet …',
  'chat.failed': 'Nicht gesendet',
  'chat.try-again': 'Erneut versuchen',
  'chat.log': 'Nachrichten',
  'chat.new-messages': 'Neue Nachrichten',

  // Settings
  'settings.title': 'Einstellungen',
  'settings.close': 'Einstellungen schließen',
  'settings.preferences': 'Präferenzen',
  'settings.sounds': 'Töne abspielen, wenn jemand beitritt, die Hand hebt oder schreibt',
  'settings.mirror': 'Eigenes Video spiegeln',
  'settings.mirror-hint': 'Andere sehen Sie ungespiegelt',
  'settings.shortcuts': 'Tastenkürzel',
  'settings.key-mute': 'Mikrofon ein- oder ausschalten',
  'settings.key-camera': 'Kamera ein- oder ausschalten',
  'settings.key-hand': 'Hand heben oder senken',
  'settings.key-talk': 'Sprechen, solange gedrückt',
  'settings.key-space': 'Leertaste',

  // Invite
  'invite.title': 'Andere einladen',
  'invite.close': 'Schließen',
  'invite.copy': 'Link kopieren',
  'invite.copied': 'Kopiert',
  'invite.share': 'Teilen',
  'invite.qr': 'QR-Code des Links zu diesem Anruf',
  'invite.link': 'Link zu diesem Anruf',
  'invite.local-only':
    'Dieser Link funktioniert nur auf diesem Gerät. Öffnen Sie die Seite über ihre Netzwerkadresse, um andere einzuladen.',

  // After the call
  'ended.left': 'Sie haben den Anruf verlassen',
  'ended.ended': 'Der Anruf ist beendet',
  'ended.removed': 'Sie wurden aus dem Anruf entfernt',
  'ended.removed-reason': 'Grund: {text}',
  'ended.lost': 'Ihre Verbindung wurde getrennt',
  'ended.lost-hint': 'Die Verbindung war zu lange unterbrochen.',
  'ended.denied': 'Der Gastgeber hat Sie nicht eingelassen',
  'ended.expired': 'Diese Einladung gilt nicht mehr',
  'ended.expired-hint':
    'Sie ist abgelaufen oder wurde schon verwendet. Bitten Sie die Person, die Sie eingeladen hat, um eine neue.',
  'ended.gone': 'Dieser Anruf ist vorbei',
  'ended.gone-hint':
    'Er wurde beendet oder nie begonnen. Bitten Sie die Person, die Sie eingeladen hat, um eine neue Einladung.',
  'ended.rejoin': 'Wieder beitreten',
  'ended.try-again': 'Erneut versuchen',
  'ended.back': 'Zurück zum Anfang',

  // When there can be no call
  'unsupported.title': 'Dieser Browser kann keine Anrufe führen',
  'unsupported.hint':
    'Aktualisieren Sie ihn, oder öffnen Sie diese Seite in Chrome, Edge, Firefox oder Safari.',
  'insecure.title': 'Anrufe brauchen eine sichere Seite',
  'insecure.hint': 'Öffnen Sie diese Seite mit einer Adresse, die mit https beginnt.',

  // Errors, by code
  'error.ERR_CONNECTION':
    'Der Server ist nicht erreichbar. Prüfen Sie Ihre Netzwerkverbindung, und versuchen Sie es erneut.',
  'error.ERR_TIMEOUT':
    'Der Server antwortet nicht. Prüfen Sie Ihre Netzwerkverbindung, und versuchen Sie es erneut.',
  'error.ERR_ABORTED': 'Abgebrochen.',
  'error.ERR_TOKEN':
    'Die Anmeldung ist nicht gelungen. Laden Sie die Seite neu, und versuchen Sie es erneut.',
  'error.ERR_UNAUTHORIZED':
    'Ihre Anmeldung ist nicht mehr gültig. Laden Sie die Seite neu, und versuchen Sie es erneut.',
  'error.ERR_FORBIDDEN': 'Das dürfen Sie in diesem Anruf nicht.',
  'error.ERR_NOT_FOUND': 'Das gibt es nicht mehr: Die Person ist gegangen, oder der Anruf wurde beendet.',
  'error.ERR_ALREADY_JOINED':
    'Sie sind bereits in diesem Anruf. Laden Sie die Seite neu, und versuchen Sie es erneut.',
  'error.ERR_CONFERENCE_FULL': 'Dieser Anruf ist voll. Versuchen Sie es erneut, sobald jemand geht.',
  'error.ERR_CONFERENCE_LOCKED':
    'Der Gastgeber hat diesen Anruf gesperrt. Bitten Sie ihn, ihn zu öffnen, und versuchen Sie es erneut.',
  'error.ERR_WAITING_ROOM': 'Warten Sie, bis der Gastgeber Sie einlässt, und versuchen Sie es erneut.',
  'error.ERR_REMOVED': 'Der Gastgeber hat Sie aus diesem Anruf entfernt.',
  'error.ERR_ENTRY_DENIED': 'Der Gastgeber hat Sie nicht eingelassen.',
  'error.ERR_ENTRY_EXPIRED':
    'Niemand hat Sie eingelassen. Versuchen Sie es erneut, wenn der Gastgeber da ist.',
  'error.ERR_NOT_PERMITTED': 'Der Gastgeber erlaubt Ihnen das nicht.',
  'error.ERR_INVALID_REQUEST':
    'Der Server hat das abgelehnt. Laden Sie die Seite neu, und versuchen Sie es erneut.',
  'error.ERR_TOO_MANY_REQUESTS':
    'Der Server ist ausgelastet. Warten Sie eine Minute, und versuchen Sie es erneut.',
  'error.ERR_FOREIGN_ANSWER':
    'Etwas zwischen Ihnen und dem Server hat geantwortet, etwa eine Anmeldeseite. Prüfen Sie Ihr Netzwerk, und versuchen Sie es erneut.',
  'error.ERR_SERVER': 'Der Server hat ein Problem. Warten Sie eine Minute, und versuchen Sie es erneut.',
  'error.ERR_UNEXPECTED': 'Etwas ist schiefgegangen. Laden Sie die Seite neu, und versuchen Sie es erneut.',
  'error.ERR_INVALID_OPTIONS':
    'Etwas ist schiefgegangen. Laden Sie die Seite neu, und versuchen Sie es erneut.',
  'error.ERR_NOT_JOINED': 'Sie sind in keinem Anruf.',
  'error.ERR_ENDPOINT_IN_USE': 'Sie sind in einem anderen Tab in diesem Anruf. Machen Sie dort weiter.',
  'error.ERR_ENDPOINT_LOST':
    'Ihre Verbindung wurde nach langer Stille getrennt. Treten Sie dem Anruf wieder bei.',
  'error.ERR_LISTENER': 'Etwas ist schiefgegangen. Laden Sie die Seite neu, und versuchen Sie es erneut.',
  'error.ERR_UNREADABLE_EVENT': 'Diese Seite zeigt vielleicht nicht alles, was im Anruf geschieht.',
  'error.ERR_INVALID_MESSAGE':
    'Etwas ist schiefgegangen. Laden Sie die Seite neu, und versuchen Sie es erneut.',
  'error.ERR_RECIPIENT_NOT_FOUND': 'Diese Person ist nicht mehr im Anruf.',
  'error.ERR_MESSAGE_NOT_DECRYPTED': 'Eine Nachricht konnte nicht gelesen werden.',
  'error.ERR_REQUEST_FAILED': 'Die andere Person konnte nicht antworten.',
  'error.ERR_MESSAGES_MISSED': 'Einige Nachrichten konnten Ihnen nicht zugestellt werden.',
  'error.ERR_RECORDING_REFUSED': 'Der Server kann diesen Anruf nicht aufzeichnen.',
  'error.ERR_UNSUPPORTED_BY_SERVER':
    'Etwas ist schiefgegangen. Laden Sie die Seite neu, und versuchen Sie es erneut.',
  'error.ERR_INVALID_METADATA':
    'Etwas ist schiefgegangen. Laden Sie die Seite neu, und versuchen Sie es erneut.',
  'error.ERR_DEVICE_DENIED':
    'Zugriff verweigert: {device}. Erlauben Sie ihn in den Einstellungen Ihres Browsers für diese Website, und versuchen Sie es erneut.',
  'error.ERR_DEVICE_DISMISSED':
    'Sie haben die Frage Ihres Browsers geschlossen. Drücken Sie noch einmal auf die Schaltfläche, und wählen Sie „Zulassen“.',
  'error.ERR_DEVICE_BLOCKED_BY_POLICY':
    'Auf dieser Seite nicht erlaubt: {device}. Öffnen Sie den Anruf in einem eigenen Tab.',
  'error.ERR_DEVICE_NOT_FOUND':
    'Nicht gefunden: {device}. Schließen Sie ein Gerät an, und versuchen Sie es erneut.',
  'error.ERR_DEVICE_IN_USE':
    'Lässt sich nicht öffnen: {device}. Schließen Sie andere Programme, die darauf zugreifen, und versuchen Sie es erneut.',
  'error.ERR_DEVICE_OVERCONSTRAINED':
    'Unterstützt diese Einstellungen nicht: {device}. Wählen Sie ein anderes Gerät.',
  'error.ERR_DEVICE_LOST':
    'Nicht mehr verbunden: {device}. Schließen Sie das Gerät wieder an, und schalten Sie es ein.',
  'error.ERR_CAPTURE_FAILED':
    'Zurzeit nicht nutzbar: {device}. Versuchen Sie es erneut, oder wählen Sie ein anderes Gerät.',
  'error.ERR_CLICK_REQUIRED':
    'Ihr Browser braucht zuerst einen Klick. Drücken Sie noch einmal auf die Schaltfläche.',
  'error.ERR_TRACK_ENDED': 'An anderer Stelle ausgeschaltet: {device}. Schalten Sie das Gerät wieder ein.',
  'error.ERR_MUTE_NOT_ANNOUNCED': 'Sie sind stummgeschaltet, aber andere sehen es vielleicht noch nicht.',
  'error.ERR_SCREEN_SHARE_CANCELLED':
    'Es wird nichts geteilt. Drücken Sie noch einmal auf die Schaltfläche, um einen Bildschirm oder ein Fenster zu wählen.',
  'error.ERR_SCREEN_SHARE_UNAVAILABLE':
    'Ihr Browser kann den Bildschirm nicht aufnehmen. Erlauben Sie es in den Systemeinstellungen, und versuchen Sie es erneut.',
  'error.ERR_INSECURE_ORIGIN':
    'Ihr Browser erlaubt Kamera und Mikrofon nur auf sicheren Seiten. Öffnen Sie diese Seite mit einer https-Adresse.',
  'error.ERR_UNSUPPORTED_BROWSER':
    'Ihr Browser unterstützt das nicht. Aktualisieren Sie ihn, oder nehmen Sie einen anderen.',
  'error.ERR_STREAM_NOT_FOUND': 'Dieses Video ist zu Ende.',
  'error.ERR_STREAM_TYPE_MISMATCH':
    'Etwas ist schiefgegangen. Laden Sie die Seite neu, und versuchen Sie es erneut.',
  'error.ERR_ON_HOLD': 'Der Anruf wird gehalten. Teilen Sie Ihren Bildschirm, sobald er weitergeht.',
  'error.ERR_NEGOTIATION':
    'Ihr Browser und der Server haben kein gemeinsames Videoformat gefunden. Nehmen Sie einen anderen Browser.',
  'error.ERR_MEDIA_CONNECTION':
    'Ton und Video kommen nicht durch. Prüfen Sie Ihr Netzwerk, verlassen Sie den Anruf, und treten Sie wieder bei.',
  'error.ERR_MEDIA_ENCRYPTION':
    'Die Verschlüsselung ist fehlgeschlagen, daher wird nichts gesendet oder abgespielt. Verlassen Sie den Anruf, und treten Sie wieder bei.',
  'error.ERR_VIEW_CLOSED': 'Dieses Video ist zu Ende.',
  'error.ERR_NO_FRAMES': 'Ein Video kommt nicht durch. Es kehrt zurück, sobald die Verbindung es erlaubt.',
  'error.ERR_PLAYBACK_BLOCKED':
    'Ihr Browser blockiert die Wiedergabe. Klicken Sie irgendwo in den Anruf, um sie zu starten.',
  'error.ERR_AUDIO_OUTPUT':
    'Über diesen Lautsprecher lässt sich kein Ton abspielen. Wählen Sie einen anderen.',
  'error.ERR_PART_NOT_LOADED':
    'Ein Teil dieser Seite konnte nicht geladen werden. Laden Sie die Seite neu, und versuchen Sie es erneut.',
  'error.ERR_PROCESSOR_ASSETS':
    'Ihr Hintergrund konnte nicht geladen werden. Wählen Sie ihn erneut oder wählen Sie keinen.',
  'error.ERR_PROCESSOR_FAILED':
    'Ihr Hintergrund funktioniert auf diesem Gerät nicht. Wählen Sie keinen, und schalten Sie dann Ihre Kamera ein.',
  'error.other': 'Etwas ist schiefgegangen. Laden Sie die Seite neu, und versuchen Sie es erneut.',
  'error.device.camera': 'Kamera',
  'error.device.microphone': 'Mikrofon',
  'error.device.both': 'Kamera und Mikrofon',
  'error.device.other': 'Gerät',
};
