# A service with its own key, and the files of the page.
client-service
base64 --decode <<<"$PICTURE" >passport.png
echo '{"version": "next", "noticeDays": 60, "required": {"Individual": ["Address"]}}' >next-policy.json
printf '%s\n' 'firstName,Surname,emailAddress,phoneNumber,dateOfBirth,gender,address,city,state,country,identificationType,identificationNumber' \
  'Bola,Okafor,bola@example.com,+234 803 765 4321,1988-11-02,Female,7 Awolowo Way,Ikeja,Lagos,NG,National ID,B-09876543' >people.csv
