// A back end for calls: `POST /ticket?room=<name>` lets whoever may call it join the room. Go 1.19 or newer, no dependencies.
package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"
)

type object = map[string]any

var (
	parley = os.Getenv("PARLEY_URL")
	client = &http.Client{Timeout: 10 * time.Second}
)

func post(path, contentType, token string, body io.Reader) (object, error) {
	request, err := http.NewRequest(http.MethodPost, parley+path, body)
	if err != nil {
		return nil, err
	}
	request.Header.Set("Content-Type", contentType)
	if token != "" {
		request.Header.Set("Authorization", "Bearer "+token)
	}
	response, err := client.Do(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		return nil, err
	}
	if response.StatusCode >= 300 {
		return nil, fmt.Errorf("%s answered %s: %s", path, response.Status, text)
	}
	var answer object
	return answer, json.Unmarshal(text, &answer)
}

func postJSON(path, token string, command object) (object, error) {
	body, err := json.Marshal(command)
	if err != nil {
		return nil, err
	}
	return post(path, "application/json", token, bytes.NewReader(body))
}

// roomTicket opens the room, unless it is open, and returns what the page needs to join it.
func roomTicket(room, name string, rights object, lifetime time.Duration) (object, error) {
	login := url.Values{
		"grant_type":    {"client_credentials"},
		"client_id":     {os.Getenv("PARLEY_CLIENT_ID")},
		"client_secret": {os.Getenv("PARLEY_CLIENT_SECRET")},
	}
	form := strings.NewReader(login.Encode())
	granted, err := post("/security/oauth/token", "application/x-www-form-urlencoded", "", form)
	if err != nil {
		return nil, err
	}
	token, _ := granted["access_token"].(string)
	// Sending this again finds the room that is open.
	if _, err := postJSON("/rtc-api/conferences/create", token, object{"conferenceId": room}); err != nil {
		return nil, err
	}
	properties := object{"conference_id": room, "permissions": rights}
	if name != "" {
		properties["verified"] = object{"name": name}
	}
	ticket, err := postJSON("/security/ticket", token, object{
		"type": "MULTI_USE_TICKET", "length": 9, "ttl": int(lifetime.Seconds()), "properties": properties,
	})
	if err != nil {
		return nil, err
	}
	return object{"server": parley, "ticket": ticket["id"], "conferenceId": room}, nil
}

func main() {
	http.HandleFunc("/ticket", func(response http.ResponseWriter, request *http.Request) {
		room, name := request.URL.Query().Get("room"), request.URL.Query().Get("name")
		// Here your back end decides whether this user may join this room, and reads their name from its session.
		if request.Method != http.MethodPost || room == "" {
			http.NotFound(response, request)
			return
		}
		ticket, err := roomTicket(room, name, object{}, time.Hour)
		if err != nil {
			log.Print(err)
			http.Error(response, "", http.StatusBadGateway)
			return
		}
		response.Header().Set("Content-Type", "application/json")
		if err := json.NewEncoder(response).Encode(ticket); err != nil {
			log.Print(err)
		}
	})
	port := os.Getenv("PORT")
	if port == "" {
		port = "8000"
	}
	listener, err := net.Listen("tcp", ":"+port)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("The back end listens on http://localhost:%d\n", listener.Addr().(*net.TCPAddr).Port)
	log.Fatal(http.Serve(listener, nil))
}
