// Serves a directory over HTTPS with HTTP/2, and writes its certificate to a file: fileserver DIR CERTIFICATE
package main

import (
	"encoding/pem"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
)

func main() {
	server := httptest.NewUnstartedServer(http.FileServer(http.Dir(os.Args[1])))
	server.EnableHTTP2 = true
	server.StartTLS()
	certificate := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})
	if err := os.WriteFile(os.Args[2], certificate, 0o644); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Println(server.URL)
	select {}
}
