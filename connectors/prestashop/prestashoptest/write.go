package prestashoptest

func (s *Server) write(r *request, t *table) answer {
	return r.fail(apiError{501, 0, "not yet"})
}
