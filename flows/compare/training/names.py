"""Name lists for augmentation: invented people are renamed within these, so that no name carries a label."""

# ruff: noqa: SIM905  word lists read as prose

MEN = frozenset(
    """
    Adam Ahmed Alan Aldo Alejandro Alexander Ali Amadou Anders Andrei Andrew Andrius Anil Anton Antonio Aram
    Arben Arjun Arthur Barack Ben Benjamin Bernard Bill Bjorn Boris Brad Brian Bruno Carlos Charles Chris
    Christian Christopher Dan Daniel Dario David Davide Dennis Diego Dieter Dimitri Donald Edward Elias Emil
    Emmanuel Eric Erik Esteban Evan Felipe Felix Fergal Fernando Filip Francesco Francis Frank Franz Gareth
    Gary George Georg Giorgio Graham Greg Gustavo Hamid Hans Hany Harold Harry Haruto Hassan Helder Henrik
    Henry Hugo Ian Ibrahim Idris Igor Ilkka Isaac Ivan Jack Jacob James Jan Javier Jean Jeff Jeremy Jerome Jim
    Joao Joe Johann Johannes John Jonas Jonathan Joost Jorge Jose Josef Joseph Joshua Juan Julio Karim Karl
    Keith Kenji Kevin Kofi Kwame Lars Leo Leon Louis Luca Luis Lukas Magnus Marc Marco Mario Mark Markus
    Martin Mateus Matteo Matthew Maxim Michael Michel Miguel Mike Milan Mitch Mohamed Moussa Nathan Nicholas
    Nick Nils Nuno Ognyan Olaf Oliver Omar Oriol Oscar Ousman Owen Pablo Paolo Patrick Paul Pavel Pedro Per
    Peter Petr Philip Pierre Rafael Rahul Raj Ramon Raul Ricardo Richard Robert Roberto Rodrigo Roger Roland
    Ron Samuel Sanjay Scott Sean Selim Sergio Simon Stefan Stephen Steve Steven Sven Takeshi Tareq Ted
    Terrence Thomas Tim Timo Tobias Tom Tomas Tomasz Tony Victor Viktor Vincent Walter Werner William Wouter
    Yonas Youssouf Yusuf Zoran
    """.split()
)
WOMEN = frozenset(
    """
    Agnes Agnieszka Aisha Alice Alicia Alina Amelia Amina Amy Ana Andrea Angela Anita Anke Anna Anne Annika
    Anneli Ann Aroha Astrid Ayumi Barbara Beatriz Birgit Camila Carla Carmen Carolina Caroline Catherine
    Cecilia Celia Chamari Charlotte Chiara Christina Clara Claire Claudia Dalia Daniela Deborah Diana Dorothea
    Efua Elena Elin Elisa Elizabeth Ellen Emily Emma Esther Eva Fatima Francesca Gabriela Giulia Grace Greta
    Hannah Hedda Heidi Helen Helena Hillary Ida Ilse Ingrid Irina Iris Isabel Jana Jane Janet Jennifer Jessica
    Joanna Judith Julia Karen Karin Katarina Kate Katerina Katherine Laura Lena Lidia Linda Lisa Lucia Lucy
    Maja Magdalena Maren Margaret Maria Marie Marina Marlene Marta Martha Mary Mia Michelle Milena Mirela
    Miriam Monica Nadia Nancy Naomi Natalia Nicole Nina Nomsa Noor Nora Olga Olivia Paola Patricia Paula Petra
    Rachel Rania Rebecca Renata Rita Rosa Ruth Sabine Sandra Sara Sarah Shireen Shirin Sigrid Silvia Simone
    Sofia Sonia Stella Susan Sylvie Teresa Thandiwe Theresa Tiina Ursula Valentina Vanessa Vera Veronica
    Victoria Wilma Yasmin Zainab Zoe
    """.split()
)
SURNAMES = tuple(
    """
    Abara Abbasi Achebe Adamson Adeyemi Akhtar Albrecht Almeida Amsel Andersen Antonov Arnaud Asante Aubert
    Ayala Baker Balogun Bandara Barros Bauer Becker Bellini Benitez Berger Bianchi Blaskowitz Boateng Bogdan
    Bosch Brandt Brennan Calloway Cardoso Carvalho Castell Chanda Chebet Conti Correia Costa Crawford Dahlberg
    Danso Delgado Demir Dervishi Diarra Dimitrov Dlamini Dobre Doyle Dube Eriksen Escobar Falk Farkas Ferrante
    Fischer Fofana Fontaine Fuentes Gallo Gashi Gerber Ghosh Grabowski Gruber Haddad Hagen Halvorsen Harrow
    Hartmann Haugen Hedlund Hoffmann Holst Horvat Hughes Ibarra Iglesias Ishida Ivanov Jansen Jensen Kallio
    Kamara Kaplan Karlsson Kaur Keller Khumalo Kimani Kimura Kolar Konate Koroma Kovacs Kowalski Kroll Kruger
    Laine Lambert Larsen Leclerc Lehtinen Lindqvist Lombardi Lovell Lungu Macaulay Madsen Maric Marchetti
    Matsuda Mbeki Mendoza Mensah Moretti Morimoto Moyo Mueller Mwangi Nakamura Navarro Ndiaye Nemeth Nielsen
    Novak Nyberg Obi Odera Okafor Okoye Olsen Omondi Ortega Osei Ostrowski Otieno Owusu Palmer Pappas
    Pelletier Pereira Petrovic Pfister Pillai Popescu Prescott Quintero Quispe Radev Rahimi Ramsay Ranta Rask
    Rehn Renzi Restrepo Ribeiro Rinaldi Robledo Rossi Rostami Saarinen Salas Sandberg Santoro Sarpong Sato
    Schmid Seidel Sharma Silva Simic Sorensen Soto Stoica Suarez Svensson Szabo Tabi Takahashi Tanaka Tekle
    Thorne Toledo Torres Tran Traore Urban Valdes Vargas Vendrell Verbeek Virtanen Vogt Wanjala Weber Weiss
    Whitcombe Winther Wrona Yamada Yilmaz Zeller Zimmer Zupan
    """.split()
)
FIRST_NAMES = MEN | WOMEN
