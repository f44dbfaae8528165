"""Invented posts in five languages, most of them short: slang, emoji, hashtags, names, one word.

Every second one is for choosing rules by (`development`), the others only for measuring (`held_out`).
"""

ENGLISH = """
i can't do this anymore
so tired
lol
happy birthday mia!!
what a day
omg no way
i wanna die
ugh mondays
thank you so much
need coffee
miss u
im fine
feeling blue today
#blessed
good morning everyone ☀️
nobody cares
stop it
why me
can't sleep again 😩
worst. game. ever.
she left me
leave me alone
best concert ever!!!
idk anymore
this song tho
my cat just fell off the sofa lmao
help
everything hurts
proud of you bro
gonna be late again
dont talk to me
love this
rip grandpa
wtf is wrong with people
kinda sad tbh
new shoes 👟
hate mondays
i feel empty
off to berlin tomorrow
so hungry rn
no one will miss me
yesss finally
what the hell
missing my old life
just got home
nope
scared of tomorrow
be kind to yourself
hugs
my mom made tacos
sick of this
so proud
we won!!!
crying in the club
is it friday yet
not again
great job team
hola friends, back from madrid
dead inside
oh no the bus is gone
""".strip().splitlines()

KOREAN = """
오늘 너무 힘들다
배고파
ㅋㅋㅋㅋㅋ
생일 축하해 민지야!!
ㅠㅠ
진짜 짜증나
죽고 싶다
월요일 싫어
정말 고마워요
커피 마시고 싶다
보고 싶어
괜찮아
오늘 기분 별로야
#오운완
좋은 아침이에요 ☀️
아무도 몰라
그만해
왜 나만
잠이 안 와 😩
ㄹㅇ 최악
헤어졌어
ㅇㅇ
콘서트 최고였다!!!
모르겠다 이제
이 노래 너무 좋아
고양이가 소파에서 떨어짐 ㅋㅋ
도와줘
다 아파
자랑스럽다 우리 동생
또 늦었네
말 걸지 마
사랑해
할아버지 보고 싶어요
사람들 왜 이래
좀 슬프네
새 신발 샀다 👟
ㅎㅎ
마음이 텅 비었어
내일 부산 간다
배고파 죽겠네
나 없어도 되겠지
드디어!!
뭐야 이게
그때가 그립다
iPhone 새로 샀다
아니
내일이 무서워
스스로에게 친절하기
헐
엄마가 김치찌개 끓여줌
지겹다
ㄱㅅ
이겼다!!!
BTS 콘서트 가고 싶다
금요일 언제 와
또야?
우리 팀 수고했어
오늘 너무 happy 해요 ㅋㅋ
망했다
아 버스 놓쳤다
""".strip().splitlines()

SPANISH = """
ya no puedo más
qué cansancio
jajaja
feliz cumple lucía!!
vaya día
no me lo creo
me quiero morir
odio los lunes
muchas gracias
necesito un café
te extraño
estoy bien
hoy estoy triste
#vacaciones
buenos días a todos ☀️
a nadie le importa
basta ya
por qué yo
no puedo dormir 😩
el peor partido
me dejó
déjame en paz
el mejor concierto!!!
ya no sé
esta canción
mi gato se cayó del sofá jaja
ayuda
me duele todo
orgullosa de ti hermano
otra vez tarde
no me hables
te amo
descansa abuelo
qué le pasa a la gente
un poco triste la verdad
zapatos nuevos 👟
tengo sueño
me siento vacía
mañana a sevilla
tengo hambre
nadie me va a extrañar
por fin
qué demonios
extraño mi vida
ya llegué a casa
nop
miedo a mañana
sé amable contigo
abrazos
mamá hizo tamales
harta de todo
qué orgullo
ganamos!!!
llorando en el baño
ya es viernes?
otra vez no
buen trabajo equipo
no mames wey
muerta por dentro
hola
""".strip().splitlines()

GERMAN = """
ich kann nicht mehr
so müde
hahaha
alles gute lena!!
was für ein tag
echt jetzt
ich will sterben
scheiß montag
vielen dank
brauche kaffee
vermisse dich
mir geht's gut
heute bin ich traurig
#urlaub
guten morgen zusammen ☀️
interessiert keinen
hör auf
warum ich
kann nicht schlafen 😩
schlechtestes spiel
sie hat mich verlassen
lass mich in ruhe
bestes konzert ever!!!
keine ahnung mehr
dieses lied
meine katze ist vom sofa gefallen lol
hilfe
alles tut weh
stolz auf dich bruder
schon wieder zu spät
red nicht mit mir
ich liebe dich
ruhe in frieden opa
was ist los mit den leuten
bisschen traurig
neue schuhe 👟
hunger
ich fühle mich leer
morgen nach köln
hab hunger
keiner wird mich vermissen
endlich
was zur hölle
vermisse mein altes leben
bin zuhause
nö
angst vor morgen
sei nett zu dir
drück dich
mama hat kuchen gebacken
hab's satt
so stolz
gewonnen!!!
heule im bus
ist schon freitag?
nicht schon wieder
gute arbeit team
digga was geht
innerlich tot
hallo
""".strip().splitlines()

JAPANESE = """
もう無理
疲れた
笑
誕生日おめでとう!!
なんて日だ
まじで
死にたい
月曜日嫌い
ありがとう
コーヒー飲みたい
会いたい
大丈夫
今日は悲しい
#夏休み
おはようございます ☀️
誰も気にしない
やめて
なんで私
眠れない 😩
最悪の試合
振られた
ほっといて
最高のライブ!!!
わからない
この曲いい
猫がソファから落ちたwww
助けて
全部痛い
誇りに思うよ
また遅刻
話しかけないで
大好き
おじいちゃん安らかに
みんなどうしたの
ちょっと寂しい
新しい靴 👟
眠い
心が空っぽ
明日は京都
お腹すいた
いなくなりたい
やっと
なにこれ
昔に戻りたい
ただいま
いや
明日が怖い
自分に優しく
ぎゅっ
母のカレー
もううんざり
嬉しい
勝った!!!
トイレで泣いてる
金曜日まだ?
またか
お疲れ様でした
iPhone買った
草
了解
""".strip().splitlines()

POSTS = {"en": ENGLISH, "ko": KOREAN, "es": SPANISH, "de": GERMAN, "ja": JAPANESE}


def development() -> list[tuple[str, str]]:
    """Posts to choose rules by, each with its language."""
    return [(post, language) for language, posts in POSTS.items() for post in posts[0::2]]


def held_out() -> list[tuple[str, str]]:
    """Posts that no rule was chosen by."""
    return [(post, language) for language, posts in POSTS.items() for post in posts[1::2]]
