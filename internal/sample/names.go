package sample

// Names are common given and family names put together by number; nobody is meant.

func firstName(n int) string {
	list := []string{"Amélie", "Bastian", "Chloé", "Dieter", "Élodie", "Franz", "Gisèle", "Hannah", "Inès", "Jürgen", "Katrin", "Loïc", "Maëlle",
		"Niklas", "Océane", "Pascal", "Quentin", "Renée", "Sören", "Thérèse", "Ulrike", "Valérie", "Wolfgang", "Yvonne", "Zoé", "Anke", "Benoît",
		"Céline", "Détlef", "Emma", "Florian", "Greta", "Hugo"}
	return list[n%len(list)]
}

func lastName(n int) string {
	list := []string{"Müller", "Fournier", "Schäfer", "Lefèvre", "Weiß", "Garçon", "Böhm", "Dupré", "Großmann", "Rivière", "Jäger", "Petit-Jean",
		"Köhler", "Château", "Strauß", "Beaulieu", "Vögel", "Moulin", "Lindner", "Rousselle", "Krämer", "d’Arcy", "Hübner", "Laforêt", "Winkler",
		"Sauvage", "Brückner"}
	return list[(n/33+n)%len(list)]
}
