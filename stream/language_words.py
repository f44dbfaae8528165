"""Words that give a language away: common in one language, unknown or rare in the others. Lower case."""

ENGLISH = """
i the to and my it you for that this feel have just not with be like at i'm im i've i'll i'd are up get all out feeling
now what about day your if it's its it'll work can go when too they from really more today know going how some still
back don't dont think got see thanks thank would there there's well been people then here only by off need hope very
because can't cant why make who being right did didn't didnt she she's he's that's thats again than home should could
though better bit never getting life little you're you've you'll yeah sure something thing things were our after
sleep always into take other tomorrow their someone doing doesn't doesnt isn't aren't wasn't won't couldn't shouldn't
days down sick wait hate first myself those having look made yes gonna gotta wanna kinda thought where year
these ever next another same maybe everyone away around while watching already makes awesome keep done many
working old soon does might tired tonight said try tell anything friends mean since probably nothing every few
such watch coming hear without guess early enough believe ready thinking finally everything give wrong went
amazing least left yesterday must poor seems excited anyone feels morning night good great bad nice love loved happy
birthday sorry hello please help friend family lost both may woke saw miss missed missing missin enjoy whole
stupid remember welcome waiting leave saying taking either ill money goodbye goodnight dreams dream broken
bored playing true mom dad ago almost tried told weeks eat follow they're sucks outside busy we're we'll haven't hasn't
yourself full heart reason together fucking fuck fuckin shit lovely hopefully sometimes weird alone hurt hurts hurting
scared afraid anymore anyway angry sad lonely upset worried worst worse best ugh lmao idk tbh dude
ain't aint ya'll y'all cuz damn hell god guys girl girls boy kid kids nobody
die dying dead kill cry crying cried tears lucky proud stop let let's lets wish wished is of
"""

FOREIGN = {
    "es": """
el los las una unos unas del que qué como cómo cuando cuándo donde dónde quien quién porque pero más muy también aún
hoy ayer mañana siempre nunca nada nadie algo alguien todo todos toda todas otro otra vez hasta desde para sobre entre
esto eso esta este ese esa estos estas estoy estás está estamos están soy eres somos fue ser estar tengo tienes tiene
tenemos quiero quieres quiere puedo puedes puede voy vas vamos hacer haces hace hay sido mi mis tu tus su sus tú ella
nosotros ellos ustedes te se nos lo sí gracias hola buenos buenas buen días noches tardes feliz triste amo odio
extraño llorar lloro morir vida amor casa gente dios mierda jaja jajaja jajajaja jajaj cansado cansada miedo por con
mucho mucha muchas muchos siento perdón claro bueno buena bien mejor peor así aquí allí ahora entonces después antes
tanto cada día noche año años cosa cosas lunes martes miércoles jueves viernes sábado domingo enero febrero abril
junio julio octubre si va viene vengo genial igualmente placer ninguno ninguna tipo nuevo nueva hora medianoche dijo
decir sabes creo verdad adiós dormir sueño hambre contigo conmigo amigo amiga amigos mamá papá ayuda ganamos abrazos
wey güey neta acuerdo alegre alegría algún alguna algunos algunas ambos aunque bajo bastante beso besos bonito bonita
buscar cabeza calle cambiar cambio caminar canción cariño chico chica chicos chicas ciudad cierto cierta comer comida
compañero conocer conozco contar contento contenta corazón correr cosita creer cualquier cuerpo cuánto cuanta cuento
cuidado culpa cumpleaños debe debes debo decirle dejar deja dejame demasiado dentro dinero dolor domingos duele
durante ejemplo empezar encanta encontrar enfermo enferma enojado enojada entiendo entender escribir escuchar espero
espera esperanza esposa esposo estaba estaban estuve fueron ganar ganas gato gracia guapo guapa gusta gustan gustaría
haciendo hablar habla hecho hermano hermana hermosa hermoso hijo hija hijos hogar hombre hombres iba igual importa
jamás juego jugar juntos lejos libro limpio lindo llamar llamo llegar llegó llega lleva llevar lluvia loca luego lugar
maestro mala malo mano manos mañanas mejores menos mentira mientras mirar mismo misma momento mujer mujeres mundo
música nadar necesita niña niño niños nombre nuestro nuestra ojalá ojos oye padres palabra país parece parte pasado
pasar pasó pensar pensando pequeño pequeña perdido perdida perro personas pienso poca podemos poder poner preguntar
pregunta primero primera propio puto querer querido querida quédate rápido razón recuerdo recuerdos regalo reír
respuesta risa roto sabe saber salgo salir salud salió seguir segundo seguro seguramente semana sentir será seré
siguiente silencio simplemente solos sólo sonrisa sonreír soñar suerte suyo tarde tener tenido tiempo todavía tonto
tonta trabajar trabajo tranquilo tranquila tristeza última último único vacaciones vacío venga venir verano verdadero
vergüenza vete viaje vieja viejo visto vivir volver vuelta vuelve zapatos ánimo descansa descansar cumplir odias harto
harta
""",
    "de": """
der das und ich du er wir ihr sie ist bist sind seid nicht nichts kein keine keinen keiner ein eine einen einem einer
eines mit auf für von zu zum zur bei nach aus über unter dem den des dass daß wie wo wer warum wieso weshalb wann aber
oder denn wenn weil doch noch schon nur auch sehr immer nie niemand jemand alles alle etwas heute gestern morgen jetzt
dann hier dort mein meine meinen meinem meiner dein deine deinen dich mich dir mir uns euch ihm ihn sich haben habe
hab hast hatte werden wird wurde kann kannst können muss musst müssen soll sollte willst wollen wäre würde macht
machen mache mach geht gehen gehe gibt sagt danke bitte hallo guten abend nacht traurig müde glücklich liebe lieb
leben angst scheiße scheiss leute wirklich einfach vielleicht endlich leider genau gerade wieder ja nein nö hilfe
schade krass digga mal gut besser beste schön schlecht zeit zuhause wochenende vermisse hasse bisschen gar ganz mehr
viel viele wenig beim sein seine ob bis weh montag dienstag mittwoch donnerstag freitag samstag sonntag januar februar
juni juli oktober dezember woche monat jahr uhr frau herr kinder mann freund freunde freundin schatz ruhe frieden ohne
neuer neues neuen blöd gedanken verdammt sag sagen weiß weiss glaub glaube bestes schlechter schlimm genug essen
kaffee arbeit konzert schlafen gewonnen stolz leer tot neue abends aha alleine allein andere anderen andern anders
arbeiten aufgaben aufstehen augen ausser außer bekommen bevor bier bleib bleibt blöde brauche brauchen braucht
brauchst bringt bruder buch damit danach daran darf darüber davon dazu denke denken deshalb dieser diese dieses diesen
draußen dumm dunkel durch durst echt egal eigentlich einige einmal eltern erst erste ersten erzählen ewig fahren fahrt
falsch familie fehlt feier feiern fertig finde finden fragen frage freuen freue freut früh früher frühling fühle
fühlen fühlt füße ganze ganzen gebe geburtstag gefallen gefühl gegen gehört geil geld gemacht gemeinsam gerne gern
geschenk geschlafen gesehen gesicht gesund gewesen gewinnen glauben gleich glück glückwunsch gott großartig große
großen großer habt halten hasst hätte haus heißt helfen herzlich hinter hoffe hoffentlich hoffnung hören hört hund
ihre ihren immerhin irgendwann irgendwie irgendwas jahre jede jeder jeden jedes junge jungs kalt kaputt katze kennen
kennt kennst klar klein kleine kleinen komm komme kommen kommt kommst könnte konnte kopf krank kranken krieg kuchen
lachen lange langsam langweilig lass lassen laut lecker leicht lernen letzte letzten lernt liebsten liegt machst
mädchen manchmal menschen mensch mindestens morgens mutter mutti mussten nachts nächste nächsten natürlich neben
nerven nervt neu niemals nochmal oft ohren passiert plötzlich quatsch recht reden richtig ruhig sache sachen
sagte satt schaffen schaue schau schauen schlaf schläft schlimmer schmerz schmerzen schnell schöne schönen schönes
schreiben schrei schuhe schule schwer schwester seit selbst selber sicher sieht siehst sofort sogar sohn sommer sonne
sonst später spaß spiel spielen spät sprechen stadt sterben stimmt stimmung straße stunde stunden süß tage tagen tolle
tochter tränen traum träume treffen trotzdem tschüss überall übrigens unbedingt unsere unser unten unterwegs urlaub
vater verloren verliebt verlassen verstehe verstehen versuchen vergessen vielen völlig vorbei vorher wach wahr
wahrheit warten warte wasser weg weihnachten weinen weine weiter welche welt weniger werde wetter wichtig wissen wohl
wohnung wollte worte wunderbar wünsche wütend zeigen ziemlich zimmer zufrieden zug zurück zusammen zwar zwei zwischen
gelacht geweint heule
""",
    "fr": """
je tu il elle nous vous ils le les des une du au aux et est suis sommes êtes sont ai avons avez ont pas ne que qui quoi
où quand pourquoi parce mais avec dans pour sur sans chez très trop jamais toujours rien tout tous toute
aujourd'hui demain hier merci bonjour salut oui c'est j'ai j'aime t'aime moi toi lui leur mon mes tes ça cette
ces quelqu'un être avoir faire fait envie triste fatigué journée soir nuit vie peur mdr ptdr voilà
""",
    "it": """
il gli una uno che chi di del della dei delle nel nella con sono sei siamo siete è ho hai abbiamo hanno mi
ti ci lo più molto anche sempre mai niente tutto tutti oggi ieri domani ciao grazie perché quando dove cosa
questo questa quello mio mia tuo tua voglio posso devo sto stai triste felice stanco amore vita buongiorno buonanotte
""",
    "pt": """
os um uma uns umas dos das na nos nas em não que com por para mais muito também já hoje ontem amanhã sempre
nunca nada ninguém tudo todos eu você vocês ele ela nós meu minha meus minhas seu sua é são estou está tenho tem quero
obrigado obrigada olá bom boa dia noite saudade saudades amor vida triste feliz cansado cansada kkk kkkk kkkkk
""",
    "nl": """
het een de van ik jij je hij zij wij jullie niet geen maar ook nog heel erg veel meer altijd nooit niets alles
iemand niemand vandaag gisteren morgen nu dan hier daar waar wat wie waarom hoe wanneer mijn jouw zijn haar ons
heb hebt heeft hebben kan kunnen moet wil gaat gaan naar voor op uit bij om te dank hallo goed moe
""",
}
