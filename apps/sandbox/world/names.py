"""Invented names and streets, rare enough that nobody is meant."""

WOMEN = (
    "Adelaide", "Beatriz", "Camille", "Delphine", "Estela", "Fiona", "Guadalupe", "Harriet", "Imogen", "Josefina",
    "Kiara", "Lourdes", "Maribel", "Nadine", "Odalys", "Penelope", "Renata", "Savannah", "Tabitha", "Ursula",
    "Verena", "Willa", "Ximena", "Yolanda", "Zelda", "Annika", "Bettina", "Corinne", "Daphne", "Elodie",
)  # fmt: skip
MEN = (
    "Alonzo", "Barnaby", "Cornelius", "Dario", "Emmett", "Fausto", "Gideon", "Hector", "Ignacio", "Jarvis",
    "Kendrick", "Leopold", "Matteo", "Nestor", "Octavio", "Percival", "Quincy", "Rafael", "Silas", "Thaddeus",
    "Ulises", "Vernon", "Wendell", "Xavier", "Yusuf", "Zachary", "Ansel", "Bertram", "Clement", "Dashiell",
)  # fmt: skip
SURNAMES = (
    "Abernaught", "Balcorta", "Cattermole", "Dunsworth", "Espinar", "Farraday", "Gallowick", "Hinojal", "Ibbotson",
    "Jaramond", "Kettleby", "Lovelock", "Marchbanks", "Nightwell", "Ollerton", "Pennybrook", "Quarrington",
    "Ridgemont", "Saldivar", "Thornbury", "Underhay", "Valdespin", "Wetherell", "Yarborne", "Zamarripa", "Ashgrove",
    "Birchwood", "Castellan", "Drummore", "Eastlake", "Fernsby", "Greenhalgh", "Hollowell", "Inglewood",
    "Juneberry", "Kingsolver", "Larkmoor", "Mossgrave", "Northcutt", "Oakhurst", "Plumley", "Ravensdale",
    "Stillwater", "Tremont", "Vossberg", "Whitlock",
)  # fmt: skip
STREETS = (
    "Bluestem", "Cypress", "Juniper", "Sorrel", "Sycamore", "Limestone", "Barton", "Wisteria", "Madrone", "Redbud",
    "Larkspur", "Granite",
)  # fmt: skip
