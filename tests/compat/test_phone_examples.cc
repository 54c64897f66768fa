// test_phone_examples.cc - the example number of every region and kind in libphonenumber's metadata, in each
// of its four spellings: one key. The metadata are those of the library that is linked; nothing is read from
// files. A national spelling of at most six digits is a short code by selector.h's rule, and counted apart.
#include <phonenumbers/phonenumberutil.h>

#include <cstdio>
#include <set>
#include <string>

#pragma GCC diagnostic ignored "-Wpedantic" // the compound literals of C headers
extern "C" {
#include "model/form.h"
}

using i18n::phonenumbers::PhoneNumber;
using i18n::phonenumbers::PhoneNumberUtil;

static std::string key_of(struct lm_arena *a, const std::string &text, const std::string &region,
                          bool *ret_refused)
{
    struct lm_form f;
    struct lm_form_context c = {};
    c.region = region.c_str();
    c.day = LM_DAY_NONE;
    struct lm_str raw = { text.data(), text.size() };
    if (lm_form_of(a, nullptr, &c, LM_FORM_PHONE, raw, &f) != LM_OK)
        return "no memory";
    *ret_refused = f.standing == LM_FORM_REFUSED;
    return std::string(f.key.p != nullptr ? f.key.p : "", f.key.n);
}

int main()
{
    const PhoneNumberUtil *util = PhoneNumberUtil::GetInstance();
    static const PhoneNumberUtil::PhoneNumberType types[] = {
        PhoneNumberUtil::FIXED_LINE,   PhoneNumberUtil::MOBILE,      PhoneNumberUtil::TOLL_FREE,
        PhoneNumberUtil::PREMIUM_RATE, PhoneNumberUtil::SHARED_COST, PhoneNumberUtil::VOIP,
        PhoneNumberUtil::PAGER,        PhoneNumberUtil::UAN,         PhoneNumberUtil::PERSONAL_NUMBER,
    };
    static const PhoneNumberUtil::PhoneNumberFormat formats[] = { PhoneNumberUtil::E164,
                                                                  PhoneNumberUtil::INTERNATIONAL,
                                                                  PhoneNumberUtil::RFC3966,
                                                                  PhoneNumberUtil::NATIONAL };
    std::set<std::string> regions;
    util->GetSupportedRegions(&regions);
    size_t compared = 0, differ = 0, refused = 0, shorts = 0, regions_seen = 0;
    struct lm_arena a;
    lm_arena_init(&a, 0);
    for (const std::string &region : regions) {
        regions_seen++;
        for (PhoneNumberUtil::PhoneNumberType type : types) {
            PhoneNumber number;
            std::string first;
            if (!util->GetExampleNumberForType(region, type, &number))
                continue;
            for (PhoneNumberUtil::PhoneNumberFormat format : formats) {
                std::string text;
                bool no = false;
                util->Format(number, format, &text);
                std::string key = key_of(&a, text, region, &no);
                if (format == PhoneNumberUtil::E164)
                    first = key;
                compared++;
                refused += no;
                if (key != first && key.size() <= 6 && key[0] != '+' && format == PhoneNumberUtil::NATIONAL) {
                    shorts++;
                } else if (key != first) {
                    differ++;
                    std::printf("# %s %s: %s, not %s\n", region.c_str(), text.c_str(), key.c_str(),
                                first.c_str());
                }
                lm_arena_reset(&a);
            }
        }
    }
    lm_arena_free(&a);
    bool ok = compared > 4000 && regions_seen > 200 && differ == 0 && refused == 0;
    std::printf("1..1\n%s 1 - example numbers have one key in every spelling\n", ok ? "ok" : "not ok");
    std::printf("# %zu spellings of %zu regions compared: %zu differ, %zu are refused, %zu are short codes\n",
                compared, regions_seen, differ, refused, shorts);
    return ok ? 0 : 1;
}
