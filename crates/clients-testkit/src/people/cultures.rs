//! Names, places and numbers of ten countries.

/// What people of a country are called, and where they live.
#[derive(Debug)]
pub(super) struct Culture {
    /// The two-letter code of the country.
    pub(super) country: &'static str,
    /// The prefix of a mobile network, before seven digits of the subscriber.
    pub(super) mobile: &'static str,
    pub(super) women: &'static [&'static str],
    pub(super) men: &'static [&'static str],
    pub(super) families: &'static [&'static str],
    /// Cities with their state, province or region.
    pub(super) cities: &'static [(&'static str, &'static str)],
    /// Streets, with `#` for the number of the house.
    pub(super) streets: &'static [&'static str],
}

pub(super) const CULTURES: &[Culture] = &[
    Culture {
        country: "NG",
        mobile: "+234803",
        women: &["Adaeze", "Ngọzi", "Fúnmiláyọ̀", "Aisha", "Chiamaka", "Títílayọ̀"],
        men: &["Emeka", "Olúwaṣeun", "Ibrahim", "Chukwuemeka", "Bàbátúndé", "Musa"],
        families: &["Okafor", "Adébáyọ̀", "Ọlátúnjí", "Balogun", "Abubakar", "Nwosu", "Eze-Okoro"],
        cities: &[
            ("Ikeja", "Lagos"),
            ("Abuja", "Federal Capital Territory"),
            ("Kano", "Kano"),
            ("Enugu", "Enugu"),
        ],
        streets: &["# Allen Avenue", "# Awolowo Way", "# Ahmadu Bello Way", "Plot #, Ogui Road"],
    },
    Culture {
        country: "DE",
        mobile: "+491512",
        women: &["Jürgena", "Käthe", "Sophie", "Annegret", "Zoë", "Marie-Luise"],
        men: &["Jürgen", "Björn", "Hans-Peter", "Günther", "Lukas", "Tobias"],
        families: &["Müller", "Groß", "von der Heide", "Schäfer", "Leutheusser-Schnarrenberger", "Öztürk"],
        cities: &[("München", "Bayern"), ("Köln", "Nordrhein-Westfalen"), ("Görlitz", "Sachsen")],
        streets: &["Goethestraße #", "Am Königshof #", "Lange Gasse # a"],
    },
    Culture {
        country: "IE",
        mobile: "+35387",
        women: &["Aoife", "Siobhán", "Gráinne", "Mary-Kate", "Caoimhe"],
        men: &["Seán", "Pádraig", "Conor", "Fiachra", "Diarmuid"],
        families: &["O'Brien", "O’Sullivan", "Ní Dhomhnaill", "MacCarthy", "Fitzgerald"],
        cities: &[("Dublin", "Leinster"), ("Cork", "Munster"), ("Gaillimh", "Connacht")],
        streets: &["# Grafton Street", "# St. Patrick's Quay", "Apt. #, Eyre Square"],
    },
    Culture {
        country: "VN",
        mobile: "+8491",
        women: &["Hương", "Thị Lan", "Ngọc Ánh", "Thu Thảo", "Phượng"],
        men: &["Đức", "Văn Hùng", "Quốc Bảo", "Minh Tuấn", "Dũng"],
        families: &["Nguyễn", "Trần", "Lê", "Phạm", "Đặng", "Huỳnh"],
        cities: &[("Hà Nội", "Hà Nội"), ("Đà Nẵng", "Đà Nẵng"), ("Cần Thơ", "Cần Thơ")],
        streets: &["# Phố Huế", "Số # Lê Lợi", "# Trần Hưng Đạo"],
    },
    Culture {
        country: "CN",
        mobile: "+861381",
        women: &["丽", "秀英", "小红", "欣怡"],
        men: &["伟", "小明", "建国", "浩然"],
        families: &["王", "李", "欧阳", "张", "诸葛"],
        cities: &[("北京", "北京市"), ("广州", "广东省"), ("成都", "四川省")],
        streets: &["人民路#号", "中山大道#号", "建设街#号"],
    },
    Culture {
        country: "EG",
        mobile: "+20100",
        women: &["فاطمة", "مريم", "نور الهدى", "أمينة"],
        men: &["مُحمّد", "أحمد", "مصطفى", "عبد الرحمن"],
        families: &["حسن", "السيد", "عبد الله", "الشريف", "إبراهيم"],
        cities: &[("القاهرة", "القاهرة"), ("الإسكندرية", "الإسكندرية"), ("أسوان", "أسوان")],
        streets: &["# شارع التحرير", "# شارع النيل", "عمارة # شارع الجيش"],
    },
    Culture {
        country: "IN",
        mobile: "+91981",
        women: &["प्रिया", "Lakshmi", "Ananya", "सुनीता"],
        men: &["राजेश", "Arjun", "Venkata Ramana", "विकास"],
        families: &["शर्मा", "Iyer", "Patel", "सिंह", "Chattopadhyay"],
        cities: &[("Mumbai", "Maharashtra"), ("नई दिल्ली", "दिल्ली"), ("Chennai", "Tamil Nadu")],
        streets: &["# MG Road", "Flat #, Linking Road", "# गांधी मार्ग"],
    },
    Culture {
        country: "BR",
        mobile: "+551198",
        women: &["Maria da Conceição", "Luíza", "Ana Júlia", "Thaís"],
        men: &["João Pedro", "Antônio", "Luís Otávio", "José"],
        families: &["da Silva Souza", "Gonçalves", "dos Santos e Castro", "Araújo", "Guimarães"],
        cities: &[("São Paulo", "São Paulo"), ("Belém", "Pará"), ("Brasília", "Distrito Federal")],
        streets: &["Rua da Consolação, #", "Av. Paulista, #", "Travessa São João, # fundos"],
    },
    Culture {
        country: "UA",
        mobile: "+38050",
        women: &["Оксана", "Зоряна", "Любов", "Мар'яна"],
        men: &["Тарас", "Григорій", "В'ячеслав", "Олексій"],
        families: &["Шевченко", "Ґонта", "Коваль", "Лук'яненко", "Гнатюк"],
        cities: &[("Київ", "Київ"), ("Львів", "Львівська область"), ("Одеса", "Одеська область")],
        streets: &["вул. Хрещатик, #", "просп. Свободи, #", "вул. Дерибасівська, # кв. 2"],
    },
    Culture {
        country: "KR",
        mobile: "+82103",
        women: &["서연", "지우", "민지", "하은"],
        men: &["민준", "서준", "지훈", "현우"],
        families: &["김", "이", "박", "남궁", "황보"],
        cities: &[("서울", "서울특별시"), ("부산", "부산광역시"), ("수원", "경기도")],
        streets: &["세종대로 #", "테헤란로 #길 7", "강남대로 #"],
    },
];
