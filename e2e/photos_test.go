package e2e_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"image/jpeg"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/relance/relance"
	"github.com/relance/relance/graph"
)

func (a *api) uploadPhoto(token string, profile uuid.UUID, file []byte) reply {
	a.t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	operations, err := json.Marshal(map[string]any{"query": `mutation($p: ID!, $f: Upload!) { profilePhotoSet(profileId: $p, file: $f) { errors { code cause { code } } profile { photo { url } } } }`,
		"variables": map[string]any{"p": profile, "f": nil}})
	must(a.t, err)
	must(a.t, form.WriteField("operations", string(operations)))
	must(a.t, form.WriteField("map", `{"0": ["variables.f"]}`))
	part, err := form.CreateFormFile("0", "photo.png")
	must(a.t, err)
	_, err = part.Write(file)
	must(a.t, err)
	must(a.t, form.Close())
	return a.post(token, &body, "Content-Type", form.FormDataContentType())
}

// photo asks for a picture as a token; the headers are names and values.
func (a *api) photo(token, path string, headers ...string) *http.Response {
	a.t.Helper()
	h := graph.NewAuth(graph.AuthOptions{Tokens: a.store}).Require(graph.PhotoHandler(a.app, quiet()))
	r := httptest.NewRequestWithContext(a.t.Context(), http.MethodGet, path, nil)
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Result()
}

func (a *api) photoURL(profile uuid.UUID) string {
	a.t.Helper()
	var out struct {
		Profile struct{ Photo *struct{ URL string } }
	}
	a.ask(`query($p: ID!) { profile(id: $p) { photo { url } } }`, map[string]any{"p": profile}, &out)
	if out.Profile.Photo == nil {
		return ""
	}
	return out.Profile.Photo.URL
}

func TestPhotosOfPeople(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	a.people(0, 1, 1)
	a.people(1, 1, 1)
	mine := a.someIDs(a.token, fmt.Sprintf(`{shopIds: [%q]}`, a.shops[0]))[0]
	theirs := a.someIDs(a.token, fmt.Sprintf(`{shopIds: [%q]}`, a.shops[1]))[0]
	clerk, reader := a.tokenOf(relance.RoleClerk, a.shops[0]), a.tokenOf(relance.RoleReader)

	if r := a.uploadPhoto(clerk, mine, logoFile(t, 900, 300)); !strings.Contains(r.Body, "/photos/"+mine.String()) {
		t.Fatal(r.Body)
	}
	first := a.photoURL(mine)
	res := a.photo(reader, first)
	content, err := io.ReadAll(res.Body)
	must(t, err)
	m, err := jpeg.Decode(bytes.NewReader(content))
	if err != nil || m.Bounds().Dx() != 400 || res.Header.Get("Content-Type") != "image/jpeg" || !strings.HasPrefix(res.Header.Get("Cache-Control"), "private") {
		t.Fatalf("%v, %v", err, res.Header)
	}
	if again := a.photo(reader, first, "If-None-Match", res.Header.Get("ETag")); again.StatusCode != http.StatusNotModified {
		t.Errorf("asked by its digest: %d", again.StatusCode)
	}
	for what, got := range map[string]int{"nobody": a.photo("", first).StatusCode, "another merchant": a.photo(a.tenant().token, first).StatusCode,
		"a clerk of another shop": a.photo(a.tokenOf(relance.RoleClerk, a.shops[1]), first).StatusCode, "no id": a.photo(a.token, "/photos/x").StatusCode, "no photo": a.photo(a.token, "/photos/"+theirs.String()).StatusCode} {
		if want := map[bool]int{true: http.StatusUnauthorized, false: http.StatusNotFound}[what == "nobody"]; got != want {
			t.Errorf("%s: %d", what, got)
		}
	}
	for what, c := range map[string]struct {
		file []byte
		code string
	}{
		"an SVG":   {[]byte(`<svg xmlns="http://www.w3.org/2000/svg"/>`), "PHOTO_FORMAT"},
		"cut off":  {logoFile(t, 300, 100)[:60], "PHOTO_UNREADABLE"},
		"too wide": {logoFile(t, 3000, 1), "PHOTO_TOO_WIDE"},
		"too long": {append(logoFile(t, 3, 3), make([]byte, 600<<10)...), "PHOTO_TOO_LARGE"},
	} {
		if r := a.uploadPhoto(a.token, mine, c.file); !strings.Contains(r.Body, c.code) {
			t.Errorf("%s: %s", what, r.Body)
		}
	}
	for what, r := range map[string]reply{"a reader": a.uploadPhoto(reader, mine, logoFile(t, 9, 9)), "of another shop": a.uploadPhoto(clerk, theirs, logoFile(t, 9, 9))} {
		if strings.Contains(r.Body, "/photos/") {
			t.Errorf("%s: %s", what, r.Body)
		}
	}
	a.undoPhotos(mine, first)
}

// undoPhotos replaces the first photo, takes it away, and takes both back.
func (a *api) undoPhotos(id uuid.UUID, first string) {
	a.t.Helper()
	a.uploadPhoto(a.token, id, logoFile(a.t.(*testing.T), 20, 30))
	second := a.photoURL(id)
	a.as(a.token, `mutation($p: ID!) { profilePhotoRemove(profileId: $p) { errors { code } } }`, map[string]any{"p": id})
	if second == first || a.photoURL(id) != "" {
		a.t.Fatalf("replaced by %s, then %s", second, a.photoURL(id))
	}
	var list struct{ ProfileChanges []struct{ ID, Kind string } }
	a.ask(`query($p: ID!) { profileChanges(profileId: $p) { id kind } }`, map[string]any{"p": id}, &list)
	if len(list.ProfileChanges) != 3 || list.ProfileChanges[0].Kind != "PHOTO" {
		a.t.Fatalf("%+v", list)
	}
	undo := func(change string) reply {
		return a.as(a.token, `mutation($c: ID!) { undoProfileChange(id: $c) { errors { cause { code } } } }`, map[string]any{"c": change})
	}
	if r := undo(list.ProfileChanges[1].ID); !strings.Contains(r.Body, "CHANGED_SINCE") {
		a.t.Errorf("an older change first: %s", r.Body)
	}
	undo(list.ProfileChanges[0].ID)
	if got := a.photoURL(id); got != second {
		a.t.Errorf("removing taken back: %s", got)
	}
	undo(list.ProfileChanges[1].ID)
	if got := a.photoURL(id); got != first {
		a.t.Errorf("replacing taken back: %s", got)
	}
	e := a.rowsOf(a.token, a.exportNow(a.token, map[string]any{"format": "CSV", "ids": []uuid.UUID{id}}))
	if e[1][13] != "yes" {
		a.t.Errorf("the export says %q of %q", e[1][13], e[0][13])
	}
}
