package prestashoptest

import "strconv"

// apiError is one error of the webservice: the HTTP status it comes with,
// PrestaShop's own number and its text.
type apiError struct {
	status  int
	code    int
	message string
}

// fail answers with errors in the format asked for; the first gives the status.
func (r *request) fail(errs ...apiError) answer {
	a := answer{status: errs[0].status, ctype: r.ctype()}
	if r.json {
		a.body = append(a.body, `{"errors":[`...)
		for i, e := range errs {
			if i > 0 {
				a.body = append(a.body, ',')
			}
			a.body = append(a.body, `{"code":`...)
			a.body = strconv.AppendInt(a.body, int64(e.code), 10)
			a.body = append(a.body, `,"message":`...)
			a.body = append(appendJSONString(a.body, e.message), '}')
		}
		a.body = append(a.body, "]}"...)
		return a
	}
	a.body = append(a.body, xmlHead...)
	a.body = append(a.body, "<errors>\n"...)
	for _, e := range errs {
		a.body = append(a.body, "<error>\n<code>"...)
		a.body = num(int64(e.code)).appendCDATA(a.body)
		a.body = append(a.body, "</code>\n<message>"...)
		a.body = str(e.message).appendCDATA(a.body)
		a.body = append(a.body, "</message>\n</error>\n"...)
	}
	a.body = append(a.body, "</errors>\n</prestashop>\n"...)
	return a
}
